import { Failure } from "#core/failure.ts";
import type { Db, Tx } from "#db/client.ts";
import { insertApiKey, revokeApiKey, workingApiKey } from "#db/queries/api-keys.ts";
import { appendAudit } from "#db/queries/audit.ts";
import type { Actor } from "../context.ts";
import { newToken, tokenHash } from "../one-time.ts";

const PREFIX = "rdr_";
/** Characters of a key that are shown: of 256 random bits enough are left. */
const SHOWN = PREFIX.length + 6;

/** A program that may publish. */
export type ApiKey = { readonly id: string; readonly name: string };

/** Makes a key for a program to publish with. The answer is the only time it is seen. `actor.id` is null on the command line. */
export async function createApiKey(db: Db | Tx, actor: { readonly id: string | null; readonly name: string }, name: string): Promise<{ readonly id: string; readonly key: string }> {
  const key = `${PREFIX}${newToken()}`;
  return db.transaction(async (tx) => {
    const id = await insertApiKey(tx, { name, hash: tokenHash(key), beginning: key.slice(0, SHOWN), createdBy: actor.name });
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act: "api_key.create", subject: id, detail: { name } });
    return { id, key };
  });
}

/** Ends a key: its very next request is refused. */
export async function endApiKey(db: Db, actor: Actor, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const name = await revokeApiKey(tx, id, actor.name);
    if (name === null) throw new Failure("not_found", "There is no such key, or it was revoked before.", "id");
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act: "api_key.revoke", subject: id, detail: { name } });
  });
}

/** Who sent `Authorization: Bearer rdr_…`, or null. */
export async function apiKeyOf(db: Db, authorization: string | null): Promise<ApiKey | null> {
  const key = /^Bearer (rdr_[A-Za-z0-9_-]{43})$/.exec(authorization ?? "")?.[1];
  return key === undefined ? null : workingApiKey(db, tokenHash(key));
}
