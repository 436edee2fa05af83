import { and, asc, eq, gt, isNotNull, like, sql } from "drizzle-orm";
import type { Role } from "#core/roles.ts";
import type { Db, Tx } from "../client.ts";
import { account, user, verification } from "../schema/index.ts";

const CREDENTIAL = "credential";
const LINK = "set-password:";

const columns = { id: user.id, name: user.name, email: user.email, role: user.role, disabledAt: user.disabledAt };
export type Person = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly disabledAt: Date | null;
};

/** Everybody, by name. `hasPassword` is false for who was invited and has not yet set one. */
export async function listPeople(db: Db | Tx) {
  return db
    .select({
      ...columns,
      createdAt: user.createdAt,
      lastSignInAt: user.lastSignInAt,
      hasPassword: sql<boolean>`${account.password} is not null`,
    })
    .from(user)
    .leftJoin(account, and(eq(account.userId, user.id), eq(account.providerId, CREDENTIAL)))
    .orderBy(asc(user.name), asc(user.id));
}

export async function personById(db: Db | Tx, id: string): Promise<Person | null> {
  const [row] = await db.select(columns).from(user).where(eq(user.id, id));
  return row ?? null;
}

/** Locked until the transaction ends: who checks first acts first. */
export async function lockPerson(tx: Tx, id: string): Promise<Person | null> {
  const [row] = await tx.select(columns).from(user).where(eq(user.id, id)).for("update");
  return row ?? null;
}

export async function personByEmail(db: Db | Tx, email: string): Promise<Person | null> {
  const [row] = await db.select(columns).from(user).where(eq(user.email, email));
  return row ?? null;
}

export async function ownerPerson(db: Db | Tx): Promise<Person | null> {
  const [row] = await db.select(columns).from(user).where(eq(user.role, "owner"));
  return row ?? null;
}

/** Null when the address is taken. */
export async function insertPerson(
  db: Db | Tx,
  person: { readonly id: string; readonly name: string; readonly email: string; readonly role: Role },
): Promise<string | null> {
  const [row] = await db.insert(user).values(person).onConflictDoNothing({ target: user.email }).returning({ id: user.id });
  return row?.id ?? null;
}

export async function updatePerson(
  db: Db | Tx,
  id: string,
  change: { readonly role?: Role; readonly disabledAt?: Date | null; readonly lastSignInAt?: Date },
): Promise<void> {
  await db.update(user).set({ ...change, updatedAt: new Date() }).where(eq(user.id, id));
}

/** The scrypt hash of a person's password, or null. */
export async function passwordHash(db: Db | Tx, personId: string): Promise<string | null> {
  const [row] = await db
    .select({ password: account.password })
    .from(account)
    .where(and(eq(account.userId, personId), eq(account.providerId, CREDENTIAL), isNotNull(account.password)));
  return row?.password ?? null;
}

export async function writePasswordHash(db: Db | Tx, personId: string, hash: string): Promise<void> {
  // one account a person and provider: its id follows from both
  const id = `${CREDENTIAL}:${personId}`;
  await db
    .insert(account)
    .values({ id, accountId: personId, providerId: CREDENTIAL, userId: personId, password: hash })
    .onConflictDoUpdate({ target: account.id, set: { password: hash, updatedAt: new Date() } });
}

/** Makes the one-time link of a person that has `tokenHash`; links made before no longer work. Returns when it ends. */
export async function replaceLink(tx: Tx, personId: string, tokenHash: string, hours: number): Promise<Date> {
  await tx.delete(verification).where(and(eq(verification.value, personId), like(verification.identifier, `${LINK}%`)));
  const [row] = await tx
    .insert(verification)
    .values({
      id: crypto.randomUUID(),
      identifier: LINK + tokenHash,
      value: personId,
      expiresAt: sql`now() + make_interval(hours => ${hours})`,
    })
    .returning({ expiresAt: verification.expiresAt });
  if (row === undefined) throw new Error("the link was not stored");
  return row.expiresAt;
}

/** Whether a link would be taken. */
export async function linkIsGood(db: Db | Tx, tokenHash: string): Promise<boolean> {
  const rows = await db.select({ id: verification.id }).from(verification).where(goodLink(tokenHash));
  return rows.length > 0;
}

const goodLink = (tokenHash: string) => and(eq(verification.identifier, LINK + tokenHash), gt(verification.expiresAt, sql`now()`));

/** Takes a link that is still good, once: of several takers one gets the person's id, the others null. */
export async function takeLink(tx: Tx, tokenHash: string): Promise<string | null> {
  const [row] = await tx
    .delete(verification)
    .where(goodLink(tokenHash))
    .returning({ personId: verification.value });
  return row?.personId ?? null;
}
