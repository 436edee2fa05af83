import { z } from "zod";
import { Failure, FAILURES } from "#core/failure.ts";
import { email, newOwner, password } from "#core/people.ts";
import { CLIENT_HEADER } from "./auth.ts";
import { clientAddress } from "./client-address.ts";
import type { Gate } from "./gate.ts";
import { log } from "./log.ts";
import { BodyTooLarge, bounded, refusal, refuseForeign, refuseLarge } from "./request-check.ts";
import { sealed } from "./response.ts";
import { contextOf } from "./session.ts";
import { finishSetup } from "./services/first-owner.ts";
import { setPasswordByLink } from "./services/set-password.ts";
import { admitSignIn, signedOut, signInFailed, signInSucceeded } from "./services/sign-in.ts";

const MAX_BYTES = 16 * 1024;

const credentials = z.object({ email, password: z.string().min(1).max(1024) });
const setup = newOwner.extend({ token: z.string().max(100) });
const link = z.strictObject({ token: z.string().max(100), password });

type Endpoint = (at: Gate, request: Request, body: unknown) => Promise<Response>;

/** All there is under /api/auth. */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ["sign-in", signIn],
  ["sign-out", signOut],
  ["setup", async ({ database: { db } }, _request, body) => {
    const { token, ...owner } = setup.parse(body);
    await finishSetup(db, token, owner);
    return done();
  }],
  ["set-password", async ({ database: { db } }, _request, body) => {
    const given = link.parse(body);
    await setPasswordByLink(db, given.token, given.password);
    return done();
  }],
] satisfies [string, Endpoint][]);

/** Answers a POST to /api/auth/<endpoint>; everything else is not found. */
export async function handleAuth(at: Gate, request: Request): Promise<Response> {
  return sealed(await answer(at, request), at.origin);
}

async function answer(at: Gate, request: Request): Promise<Response> {
  const endpoint = ENDPOINTS.get(new URL(request.url).pathname.replace(/^\/api\/auth\//, ""));
  if (endpoint === undefined || request.method !== "POST") return Response.json({ message: "There is nothing here." }, { status: 404 });
  const refused = refuseForeign(request, at.origin) ?? refuseLarge(request, MAX_BYTES);
  if (refused !== null) return refusal(refused);
  try {
    return await endpoint(at, request, await bounded(request, MAX_BYTES).json());
  } catch (error) {
    return failed(error);
  }
}

async function signIn(at: Gate, request: Request, body: unknown): Promise<Response> {
  const { db } = at.database;
  const given = credentials.safeParse(body);
  if (!given.success) return wrong();
  const address = clientAddress(request.headers, at.trusted);
  const { allowed, retryAfterSeconds } = await admitSignIn(db, given.data.email, address);
  if (!allowed)
    return Response.json(
      { message: "Too many tries. Try again later.", code: "too_many", retryAfterSeconds },
      { status: 429, headers: { "retry-after": String(retryAfterSeconds) } },
    );
  const headers = new Headers({ [CLIENT_HEADER]: address, "user-agent": (request.headers.get("user-agent") ?? "").slice(0, 300) });
  const result = await at.auth.api.signInEmail({ body: given.data, headers, asResponse: true });
  if (result.status >= 500) throw new Error("the session could not be stored");
  if (!result.ok) {
    await signInFailed(db, given.data.email, address);
    return wrong();
  }
  await signInSucceeded(db, given.data.email, address);
  // without its body: the token is for the cookie only, which scripts can not read
  return withCookies(result);
}

async function signOut(at: Gate, request: Request): Promise<Response> {
  const { actor, sessionId } = await contextOf(request.headers, at);
  if (actor !== null && sessionId !== undefined) await signedOut(at.database.db, actor, sessionId);
  // its part is the cookie's end
  return withCookies(await at.auth.api.signOut({ headers: new Headers(), asResponse: true }));
}

const done = (): Response => Response.json({ ok: true });

// one answer for an unknown person, a wrong password and a disabled person
const wrong = (): Response => Response.json({ message: "E-mail or password is not right.", code: "unauthenticated" }, { status: 401 });

function withCookies(from: Response): Response {
  const response = done();
  for (const cookie of from.headers.getSetCookie()) response.headers.append("set-cookie", cookie);
  return response;
}

function failed(error: unknown): Response {
  if (error instanceof Failure)
    return Response.json({ message: error.message, code: error.code, field: error.field }, { status: FAILURES[error.code].http });
  if (error instanceof z.ZodError)
    return Response.json({ message: "Some fields can not be used.", code: "invalid", field: error.issues[0]?.path.join(".") ?? null }, { status: 400 });
  if (error instanceof BodyTooLarge) return refusal({ status: 413, message: error.message });
  if (error instanceof SyntaxError) return Response.json({ message: "The body is not JSON.", code: "invalid" }, { status: 400 });
  log.error({ err: error }, "sign-in endpoint failed");
  return Response.json({ message: "Something went wrong on the server. Nothing was changed." }, { status: 500 });
}
