import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { FAILURES, Failure } from "#core/failure.ts";
import { idempotencyKey, isOpen } from "#core/publication.ts";
import { getPublication, type Publication } from "#db/queries/publications-web.ts";
import type { Gate } from "./gate.ts";
import { once, type CarriedOut } from "./idempotency/once.ts";
import { StoreDown } from "./idempotency/store.ts";
import { checkToken, isToken, issueToken } from "./idempotency/token.ts";
import { log } from "./log.ts";
import { bounded, BodyTooLarge, refusal, refuseLarge } from "./request-check.ts";
import { sealed } from "./response.ts";
import { apiKeyOf, type ApiKey } from "./services/api-keys.ts";
import { publishMessage, sameRequest } from "./services/publish-message.ts";

/** A body of 16 MiB as base64, and its headers. */
const MAX_BYTES = 24 * 1024 * 1024;
/** How long an answer waits for the outcome. */
const WAIT_MS = 5_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

// No cookie is read here, so no page can send what a person may do: who asks is in the Authorization header alone.

/** Answers POST /api/token: an idempotency token for one write. */
export const handleToken = (at: Gate, request: Request): Promise<Response> =>
  asProgram(at, request, async ({ id }) => {
    const { token, expiresAt } = issueToken(at.secret, id, Date.now());
    return Response.json({ token, expiresAt: expiresAt.toISOString() }, { status: 201 });
  });

/**
 * Answers POST /api/v1/messages. 200: the broker has it. 422: it has not, and here is why. 202: not known yet (`pending`), or not to be
 * known (`in_doubt`); `url` is where to ask again. `waitMs` is for tests.
 */
export const handlePublish = (at: Gate, request: Request, { waitMs = WAIT_MS } = {}): Promise<Response> =>
  asProgram(at, request, async (apiKey) => {
    const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (type !== "application/json") return refusal({ status: 415, message: "Send JSON: content-type application/json." });
    const large = refuseLarge(request, MAX_BYTES);
    if (large !== null) return refusal(large);
    const key = keyOf(request.headers.get("idempotency-key"));
    const body = Buffer.from(await bounded(request, MAX_BYTES).arrayBuffer());
    const requestHash = createHash("sha256").update(body).digest("hex");
    const deadline = performance.now() + waitMs;
    const carryOut = async (): Promise<CarriedOut> => {
      const { first, id } = await publishMessage(at.database, { apiKeyId: apiKey.id, idempotencyKey: key, request: body, requestHash, checkFirstUse: () => checkFirstUse(at, apiKey, key) });
      return { first, publication: await outcomeOf(at, apiKey, id, deadline) };
    };
    const carried = key === null || at.idempotency === null ? await carryOut() : await once(at.idempotency, { apiKeyId: apiKey.id, idempotencyKey: key }, deadline, carryOut);
    if (carried === "held") return inProgress(null);
    const { first, publication } = carried;
    if (first) return answerOf(publication);
    // what Postgres answered was compared there, what a store in front of it answered was not
    sameRequest(publication, requestHash);
    return isOpen(publication.state) ? inProgress(publication.id) : answerOf(publication, { "idempotent-replayed": "true" });
  });

/** Answers GET /api/v1/messages/<id>: how far a publication of this key has come. */
export const handlePublication = (at: Gate, request: Request, id: string): Promise<Response> =>
  asProgram(at, request, async (apiKey) => {
    const found = UUID.test(id) ? await getPublication(at.database.sql, apiKey.id, id) : null;
    return found === null ? told(404, "There is no such message; it is forgotten seven days after its end.") : answerOf(found);
  });

const told = (status: number, message: string, field: string | null = null): Response => Response.json({ message, ...(field === null ? {} : { field }) }, { status });

async function asProgram(at: Gate, request: Request, act: (apiKey: ApiKey) => Promise<Response>): Promise<Response> {
  return sealed(await guarded(at, request, act), at.origin);
}

async function guarded(at: Gate, request: Request, act: (apiKey: ApiKey) => Promise<Response>): Promise<Response> {
  try {
    const apiKey = await apiKeyOf(at.database.db, request.headers.get("authorization"));
    if (apiKey !== null) return await act(apiKey);
    const response = told(401, "Send an API key: Authorization: Bearer rdr_…");
    response.headers.set("www-authenticate", "Bearer");
    return response;
  } catch (error) {
    if (error instanceof BodyTooLarge) return told(413, error.message);
    // a request that can not be carried out is 422 here, as the drafts on Idempotency-Key have it
    if (error instanceof Failure) return told(error.code === "conflict" ? 422 : FAILURES[error.code].http, error.message, error.field);
    if (error instanceof StoreDown) {
      log.warn({ err: error.cause }, "the store of Idempotency-Keys does not answer");
      const response = told(503, error.message);
      response.headers.set("retry-after", "1");
      return response;
    }
    log.error({ err: error }, "publishing failed");
    return told(500, "Something went wrong on the server. Whether the message was taken is not known: repeat the request with the same Idempotency-Key.");
  }
}

function keyOf(header: string | null): string | null {
  if (header === null) return null;
  const read = idempotencyKey.safeParse(header);
  if (!read.success) throw new Failure("invalid", `Idempotency-Key: ${read.error.issues[0]?.message ?? ""}`, "Idempotency-Key");
  return read.data;
}

function checkFirstUse({ secret }: Gate, apiKey: ApiKey, key: string | null): void {
  if (key === null || !isToken(key)) return;
  const verdict = checkToken(secret, apiKey.id, key, Date.now());
  if (verdict === "expired") throw new Failure("conflict", "This token has expired. Ask POST /api/token for another.", "Idempotency-Key");
  if (verdict === "foreign") throw new Failure("conflict", "This token was not issued to this API key.", "Idempotency-Key");
}

/** The publication once its outcome is there, or as it is at the deadline. */
async function outcomeOf({ database: { sql } }: Gate, apiKey: ApiKey, id: string, deadline: number): Promise<Publication> {
  for (let rest = 20; ; rest = Math.min(rest * 2, 250)) {
    const found = await getPublication(sql, apiKey.id, id);
    if (found === null) throw new Error("a publication that was just written is gone");
    if (!isOpen(found.state) || performance.now() >= deadline) return found;
    await pause(rest);
  }
}

const urlOf = (id: string): string => `/api/v1/messages/${id}`;

/** `id` is null while the other request has not told the store what it wrote. */
function inProgress(id: string | null): Response {
  const body = { status: "pending", message: "A request with this Idempotency-Key is under way." };
  const headers = { "retry-after": "1" };
  return id === null ? Response.json(body, { status: 409, headers }) : Response.json({ id, ...body, url: urlOf(id) }, { status: 409, headers: { ...headers, location: urlOf(id) } });
}

function answerOf({ id, state, receipt, faultCode, faultDetail }: Publication, headers: Record<string, string> = {}): Response {
  const fault = faultCode === null ? null : { code: faultCode, detail: faultDetail };
  switch (state) {
    case "confirmed":
      return Response.json({ id, status: "confirmed", receipt }, { headers });
    case "refused":
      return Response.json({ id, status: "refused", fault, message: "The message was not published. To try again, use another Idempotency-Key." }, { status: 422, headers });
    case "in_doubt":
      return Response.json({ id, status: "in_doubt", fault, message: "The broker may have the message. Redrive does not publish it again.", url: urlOf(id) }, { status: 202, headers: { ...headers, location: urlOf(id) } });
    default:
      return Response.json({ id, status: "pending", message: "The message is written down and will be published.", url: urlOf(id) }, { status: 202, headers: { ...headers, location: urlOf(id), "retry-after": "1" } });
  }
}
