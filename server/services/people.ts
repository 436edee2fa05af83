import { Failure } from "#core/failure.ts";
import type { GrantableRole, Invitation } from "#core/people.ts";
import { allows } from "#core/roles.ts";
import type { Db, Tx } from "#db/client.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { insertPerson, lockPerson, updatePerson, type Person } from "#db/queries/people.ts";
import { endSessions } from "#db/queries/sessions.ts";
import type { Actor } from "../context.ts";
import { issueLink, type Link } from "./set-password.ts";

/** Adds a person without a password; the link, shown once, is how they set one. Throws Failure `conflict` for an address in use. */
export async function invitePerson(db: Db, actor: Actor, { email, name, role }: Invitation): Promise<Link & { readonly id: string }> {
  return db.transaction(async (tx) => {
    const id = await insertPerson(tx, { id: crypto.randomUUID(), email, name, role });
    if (id === null) throw new Failure("conflict", "Somebody has this e-mail address already.", "email");
    const link = await issueLink(tx, id);
    await record(tx, actor, "person.invite", email, { role });
    return { id, ...link };
  });
}

/** Gives a person another role; it holds from their next request on. */
export async function changeRole(db: Db, actor: Actor, id: string, role: GrantableRole): Promise<void> {
  await withPerson(db, actor, id, async (tx, person) => {
    if (person.role === role) return;
    await updatePerson(tx, id, { role });
    await record(tx, actor, "person.role", person.email, { from: person.role, to: role });
  });
}

/** Keeps a person out and ends their sessions at once. Their history stays. */
export async function disablePerson(db: Db, actor: Actor, id: string): Promise<void> {
  await withPerson(db, actor, id, async (tx, person) => {
    if (person.disabledAt !== null) return;
    await updatePerson(tx, id, { disabledAt: new Date() });
    await endSessions(tx, id);
    await record(tx, actor, "person.disable", person.email, {});
  });
}

export async function enablePerson(db: Db, actor: Actor, id: string): Promise<void> {
  await withPerson(db, actor, id, async (tx, person) => {
    if (person.disabledAt === null) return;
    await updatePerson(tx, id, { disabledAt: null });
    await record(tx, actor, "person.enable", person.email, {});
  });
}

/** A new one-time link to set a password. The old password works until it is used. */
export async function resetLink(db: Db, actor: Actor, id: string): Promise<Link> {
  return withPerson(db, actor, id, async (tx, person) => {
    if (person.disabledAt !== null) throw new Failure("conflict", "This person is disabled; enable them first.");
    const link = await issueLink(tx, id);
    await record(tx, actor, "person.reset_link", person.email, {});
    return link;
  });
}

/** Nobody acts on themselves here, nor on the owner, nor on someone above them. */
async function withPerson<T>(db: Db, actor: Actor, id: string, act: (tx: Tx, person: Person) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    const person = await lockPerson(tx, id);
    if (person === null) throw new Failure("not_found", "There is no such person.", "id");
    if (person.id === actor.id) throw new Failure("conflict", "You can not do this to yourself; ask another admin.", "id");
    if (person.role === "owner") throw new Failure("conflict", "The owner can not be changed by anyone.", "id");
    if (!allows(actor.role, person.role)) throw new Failure("forbidden", "This person's role is above yours.", "id");
    return act(tx, person);
  });
}

const record = (tx: Tx, actor: Actor, act: string, subject: string, detail: Record<string, unknown>) =>
  appendAudit(tx, { actorId: actor.id, actor: actor.name, act, subject, detail });
