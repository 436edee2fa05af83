import { hashPassword, verifyPassword } from "better-auth/crypto";
import { Failure } from "#core/failure.ts";
import { LINK_HOURS } from "#core/people.ts";
import type { Db, Tx } from "#db/client.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { linkIsGood, lockPerson, passwordHash, replaceLink, takeLink, writePasswordHash } from "#db/queries/people.ts";
import { forgetTries } from "#db/queries/rate-limits.ts";
import { endSessions } from "#db/queries/sessions.ts";
import type { Actor } from "../context.ts";
import { newToken, tokenHash } from "../one-time.ts";
import { withinLimit } from "./rate-limit.ts";
import { accountKey } from "./sign-in.ts";

/** `token` is shown once; only its hash is kept. */
export type Link = { readonly token: string; readonly expiresAt: string };

/** A one-time link to set the password of `personId`, in place of any made before. */
export async function issueLink(tx: Tx, personId: string): Promise<Link> {
  const token = newToken();
  const expiresAt = await replaceLink(tx, personId, tokenHash(token), LINK_HOURS);
  return { token, expiresAt: expiresAt.toISOString() };
}

/** Sets a password by a one-time link and ends the person's sessions. Throws Failure `not_found` for a link that is no longer good. */
export async function setPasswordByLink(db: Db, token: string, password: string): Promise<void> {
  const refused = new Failure("not_found", "This link was used already or has expired. Ask an admin for a new one.", "token");
  // before the hash, which costs more than strangers should make us spend
  if (!(await linkIsGood(db, tokenHash(token)))) throw refused;
  const hash = await hashPassword(password);
  await db.transaction(async (tx) => {
    const personId = await takeLink(tx, tokenHash(token));
    const person = personId === null ? null : await lockPerson(tx, personId);
    if (person === null || person.disabledAt !== null) throw refused;
    await writePasswordHash(tx, person.id, hash);
    await endSessions(tx, person.id);
    await forgetTries(tx, accountKey(person.email));
    await appendAudit(tx, { actorId: person.id, actor: person.name, act: "person.set_password", subject: person.email, detail: {} });
  });
}

/** Changes one's own password and ends one's other sessions. Throws Failure `invalid` when `current` is wrong. */
export async function changePassword(
  db: Db,
  actor: Actor,
  sessionId: string | undefined,
  { current, next }: { readonly current: string; readonly next: string },
): Promise<void> {
  await withinLimit(db, { key: `change-password:${actor.id}`, max: 10, windowMs: 15 * 60_000 });
  const before = await passwordHash(db, actor.id);
  if (before === null || !(await verifyPassword({ hash: before, password: current })))
    throw new Failure("invalid", "The current password is not right.", "current");
  const hash = await hashPassword(next);
  await db.transaction(async (tx) => {
    await lockPerson(tx, actor.id);
    if ((await passwordHash(tx, actor.id)) !== before)
      throw new Failure("conflict", "The password was changed elsewhere a moment ago. Nothing was changed.");
    await writePasswordHash(tx, actor.id, hash);
    await endSessions(tx, actor.id, sessionId);
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act: "person.change_password", subject: actor.email, detail: {} });
  });
}
