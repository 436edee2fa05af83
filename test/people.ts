import { hashPassword } from "better-auth/crypto";
import type { Role } from "#core/roles.ts";
import type { Db } from "#db/client.ts";
import { insertPerson, writePasswordHash } from "#db/queries/people.ts";
import { handleAuth } from "#server/auth-http.ts";
import { peerHeader } from "#server/client-address.ts";
import type { Actor } from "#server/context.ts";
import { openGate, type Gate } from "#server/gate.ts";
import type { Database } from "#db/client.ts";

export const ORIGIN = "http://redrive.test";
export const PASSWORD = "correct horse battery";

/** A gate on a test's database. */
export const testGate = (database: Database, publicUrl: string = ORIGIN, idempotencyStore = "postgres"): Gate =>
  openGate(database, { secret: "a secret of a test, long enough!", publicUrl, trustedProxies: "", idempotencyStore });

/** A person in the database; with a password when one is given. */
export async function somebody(db: Db, role: Role, given: { readonly password?: string } = {}): Promise<Actor> {
  const id = crypto.randomUUID();
  const person = { id, name: `${role} ${id.slice(0, 4)}`, email: `${id.slice(0, 8)}@redrive.test`, role };
  await insertPerson(db, person);
  if (given.password !== undefined) await writePasswordHash(db, id, await hashPassword(given.password));
  return person;
}

/** POSTs JSON to /api/auth as a browser on our own page does, from the peer `address`. */
export function postAuth(
  at: Gate,
  endpoint: string,
  body: unknown,
  { address = "203.0.113.1", headers = {} }: { readonly address?: string; readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  return handleAuth(
    at,
    new Request(`${at.origin}/api/auth/${endpoint}`, {
      method: "POST",
      headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", ...peerHeader(address), ...headers },
      body: JSON.stringify(body),
    }),
  );
}

/** The Cookie header a browser would send after `response`. */
export const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");

/** Signs in and returns the Cookie header. */
export async function signedIn(at: Gate, email: string, password: string = PASSWORD): Promise<string> {
  const response = await postAuth(at, "sign-in", { email, password });
  if (!response.ok) throw new Error(`sign-in answered ${response.status}`);
  return cookieOf(response);
}
