import { createHash } from "node:crypto";
import type { Db } from "#db/client.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { personByEmail, updatePerson } from "#db/queries/people.ts";
import { forgetTries, purgeTries, takeBackTry } from "#db/queries/rate-limits.ts";
import { endSession, purgeSessions } from "#db/queries/sessions.ts";
import type { Actor } from "../context.ts";
import { tryWithin, type Verdict } from "./rate-limit.ts";

const WINDOW_MS = 15 * 60_000;
/** Failed tries in a window. An office behind one address shares the second. */
export const SIGN_IN_LIMITS = { account: 10, address: 30 } as const;

/** Hashed: what people type here by mistake is sometimes their password. */
export const accountKey = (email: string): string => `sign-in:account:${createHash("sha256").update(email).digest("hex")}`;
const addressKey = (address: string): string => `sign-in:address:${address}`;

/** Counts a try to sign in, by address and by account, whether or not the account exists. */
export async function admitSignIn(db: Db, email: string, address: string): Promise<Verdict> {
  // the address first: one that is blocked can no longer use up the tries of an account
  const byAddress = await tryWithin(db, { key: addressKey(address), max: SIGN_IN_LIMITS.address, windowMs: WINDOW_MS });
  const verdict = byAddress.allowed
    ? await tryWithin(db, { key: accountKey(email), max: SIGN_IN_LIMITS.account, windowMs: WINDOW_MS })
    : byAddress;
  if (verdict.first) await recordAnonymous(db, "session.blocked", email, { address, by: byAddress.allowed ? "account" : "address" });
  return verdict;
}

export async function signInFailed(db: Db, email: string, address: string): Promise<void> {
  await recordAnonymous(db, "session.sign_in_failed", email, { address });
}

/** Records a sign-in, gives its tries back and clears away what has run out. */
export async function signInSucceeded(db: Db, email: string, address: string): Promise<void> {
  await db.transaction(async (tx) => {
    const person = await personByEmail(tx, email);
    if (person === null) return;
    await updatePerson(tx, person.id, { lastSignInAt: new Date() });
    await forgetTries(tx, accountKey(email));
    await takeBackTry(tx, addressKey(address));
    await appendAudit(tx, { actorId: person.id, actor: person.name, act: "session.sign_in", subject: email, detail: { address } });
  });
  await purgeSessions(db);
  await purgeTries(db, 24 * 3_600_000);
}

/** Ends a session; its open streams end within seconds. */
export async function signedOut(db: Db, actor: Actor, sessionId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await endSession(tx, sessionId);
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act: "session.sign_out", subject: actor.email, detail: {} });
  });
}

const recordAnonymous = (db: Db, act: string, subject: string, detail: Record<string, unknown>) =>
  appendAudit(db, { actorId: null, actor: "anonymous", act, subject, detail });
