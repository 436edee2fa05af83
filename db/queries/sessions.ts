import { and, eq, gt, inArray, isNull, lt, ne, sql } from "drizzle-orm";
import type { Role } from "#core/roles.ts";
import type { Db, Tx } from "../client.ts";
import { session, user } from "../schema/index.ts";

export type SessionPerson = {
  readonly sessionId: string;
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
};

const live = and(gt(session.expiresAt, sql`now()`), isNull(user.disabledAt));

/** Whose session it is, read afresh: null when it ended or the person is disabled. `tokenHash`: SHA-256, hex. */
export async function personOfSession(db: Db | Tx, tokenHash: string): Promise<SessionPerson | null> {
  const [row] = await db
    .select({ sessionId: session.id, id: user.id, name: user.name, email: user.email, role: user.role })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(and(eq(session.token, tokenHash), live));
  return row ?? null;
}

/** Those of `sessionIds` that are still good. */
export async function liveSessions(db: Db | Tx, sessionIds: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ id: session.id })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(and(inArray(session.id, [...sessionIds]), live));
  return new Set(rows.map((row) => row.id));
}

/** Signs a person out everywhere, or everywhere but in the session `keep`. */
export async function endSessions(db: Db | Tx, personId: string, keep?: string): Promise<void> {
  await db.delete(session).where(and(eq(session.userId, personId), keep === undefined ? undefined : ne(session.id, keep)));
}

export async function endSession(db: Db | Tx, sessionId: string): Promise<void> {
  await db.delete(session).where(eq(session.id, sessionId));
}

export async function purgeSessions(db: Db | Tx): Promise<void> {
  await db.delete(session).where(lt(session.expiresAt, sql`now()`));
}
