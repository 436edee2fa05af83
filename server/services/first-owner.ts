import { hashPassword } from "better-auth/crypto";
import { sql } from "drizzle-orm";
import { Failure } from "#core/failure.ts";
import { newOwner, type NewOwner } from "#core/people.ts";
import { connect, type Db, type Tx } from "#db/client.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { insertPerson, ownerPerson, personByEmail, updatePerson, writePasswordHash } from "#db/queries/people.ts";
import { deleteSettings, readSetting, writeSetting } from "#db/queries/settings.ts";
import { newToken, tokenHash } from "../one-time.ts";
import { issueLink, type Link } from "./set-password.ts";

const TOKEN = "setup.token_hash";
/** Stays for ever, also when the owner's row is gone: setup never opens again by itself. */
const CLOSED = "setup.closed_at";
// any number, always the same: setups come one after the other
const LOCK = 7_210_044;

/** `created` is false when there was an owner already; nothing was changed then. */
export type OwnerResult = { readonly created: boolean };

/**
 * Makes the first owner of the database at `databaseUrl`, once ever, however many callers there are.
 * Throws a ZodError when address, name or password can not be used.
 */
export async function createOwner(databaseUrl: string, given: NewOwner): Promise<OwnerResult> {
  const owner = newOwner.parse(given);
  return withDatabase(databaseUrl, async (db) => {
    if (await setupClosed(db)) return { created: false };
    const hash = await hashPassword(owner.password);
    return db.transaction(async (tx) => {
      await lockSetup(tx);
      if (await setupClosed(tx)) return { created: false };
      await insertOwner(tx, owner, hash);
      return { created: true };
    });
  });
}

/** A new one-time setup token, which replaces the one before; null when there is an owner already. */
export async function issueSetupToken(databaseUrl: string): Promise<string | null> {
  return withDatabase(databaseUrl, (db) =>
    db.transaction(async (tx) => {
      await lockSetup(tx);
      if (await setupClosed(tx)) return null;
      const token = newToken();
      await writeSetting(tx, TOKEN, tokenHash(token));
      return token;
    }),
  );
}

/** A link for the owner to set a new password, for the operator of the machine; null without an owner. */
export async function issueOwnerLink(databaseUrl: string): Promise<Link | null> {
  return withDatabase(databaseUrl, (db) =>
    db.transaction(async (tx) => {
      const owner = await ownerPerson(tx);
      if (owner === null) return null;
      const link = await issueLink(tx, owner.id);
      await appendAudit(tx, { actorId: null, actor: "command line", act: "person.reset_link", subject: owner.email, detail: {} });
      return link;
    }),
  );
}

/** Whether the first owner was made. */
export async function setupClosed(db: Db | Tx): Promise<boolean> {
  return (await readSetting(db, CLOSED)) !== null;
}

/** Makes the first owner from the setup page. Throws Failure `not_found` for a wrong token and after the first owner. */
export async function finishSetup(db: Db, token: string, owner: NewOwner): Promise<void> {
  const refused = new Failure("not_found", "This setup link is not valid, or setup is already done.", "token");
  if ((await readSetting(db, TOKEN)) !== tokenHash(token)) throw refused;
  const hash = await hashPassword(owner.password);
  await db.transaction(async (tx) => {
    await lockSetup(tx);
    // read again under the lock: of several that came this far one goes on
    if ((await readSetting(tx, TOKEN)) !== tokenHash(token) || (await setupClosed(tx))) throw refused;
    await insertOwner(tx, owner, hash);
  });
}

async function insertOwner(tx: Tx, owner: NewOwner, hash: string): Promise<void> {
  const id = await ownerRow(tx, owner);
  await writePasswordHash(tx, id, hash);
  await writeSetting(tx, CLOSED, new Date().toISOString());
  await deleteSettings(tx, [TOKEN]);
  await appendAudit(tx, { actorId: id, actor: owner.name, act: "owner.create", subject: owner.email, detail: {} });
}

async function ownerRow(tx: Tx, { name, email }: NewOwner): Promise<string> {
  const id = await insertPerson(tx, { id: crypto.randomUUID(), name, email, role: "owner" });
  if (id !== null) return id;
  const taken = await personByEmail(tx, email);
  if (taken === null) throw new Error("the owner was not stored");
  await updatePerson(tx, taken.id, { role: "owner", disabledAt: null });
  return taken.id;
}

const lockSetup = (tx: Tx) => tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);

async function withDatabase<T>(url: string, act: (db: Db) => Promise<T>): Promise<T> {
  const database = connect(url, { max: 1, name: "redrive setup" });
  try {
    return await act(database.db);
  } finally {
    await database.close();
  }
}
