import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import { Failure } from "#core/failure.ts";
import type { Db, Sql, Tx } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { getConnection, insertConnection, updateConnection } from "#db/queries/connections-web.ts";
import { violates } from "#db/violation.ts";
import type { Actor } from "../context.ts";
import { checkedSettings, keptSecrets, sealedFor, storedSettings, type Given } from "./connection-settings.ts";

export type ConnectionToSave = {
  readonly name: string;
  readonly kind: BrokerKind;
  readonly settings: Given;
  readonly secrets: Given;
};

const nameTaken = (name: string) => new Failure("conflict", `There is a connection called ${name} already.`, "name");

/** Makes a connection and answers its id; workers open it soon after. Throws Failure that names the field at fault. */
export async function createConnection(db: Db, sql: Sql, actor: Actor, given: ConnectionToSave): Promise<{ id: string }> {
  const settings = checkedSettings(given.kind, given.settings);
  const id = await unlessTaken(given.name, () =>
    db.transaction(async (tx) => {
      const secrets = await sealedFor(tx, given.kind, given.secrets);
      const created = await insertConnection(tx, { name: given.name, kind: given.kind, settings: JSON.stringify(settings), secrets });
      await audit(tx, actor, "connection.create", created, { name: given.name, kind: given.kind });
      return created;
    }),
  );
  await notify(sql, ["connections"]);
  return { id };
}

export type ConnectionChange = Omit<ConnectionToSave, "kind" | "secrets"> & {
  readonly id: string;
  /** Absent keeps the stored ones. */
  readonly secrets?: Given | undefined;
};

/** Changes a connection. Throws Failure when it is kept in the configuration file, or naming the field at fault. */
export async function changeConnection(db: Db, sql: Sql, actor: Actor, given: ConnectionChange): Promise<void> {
  await unlessTaken(given.name, () =>
    db.transaction(async (tx) => {
      const before = await editable(tx, given.id);
      const settings = checkedSettings(before.kind, given.settings);
      const secrets = given.secrets === undefined ? null : await sealedFor(tx, before.kind, given.secrets);
      if (secrets === null) await keptSecrets(tx, before, settings);
      await updateConnection(tx, { id: given.id, name: given.name, settings: JSON.stringify(settings), secrets });
      await audit(tx, actor, "connection.change", given.id, {
        name: given.name,
        changed: changedFields(before, given.name, settings),
        secrets: secrets === null ? "kept" : "replaced",
      });
    }),
  );
  await notify(sql, ["connections", "queues", "sources"]);
}

/** The connection, when the screen may change it. Throws Failure otherwise. */
export async function editable(tx: Tx, id: string) {
  const connection = await getConnection(tx, id);
  if (connection === null) throw new Failure("not_found", "There is no such connection.", "id");
  if (connection.managedBy === "file")
    throw new Failure("forbidden", `${connection.name} comes from redrive.yaml; change it there.`);
  return connection;
}

function changedFields(
  before: { readonly name: string; readonly kind: BrokerKind; readonly settings: string },
  name: string,
  settings: Readonly<Record<string, unknown>>,
): string[] {
  const old = storedSettings(before);
  const fields = manifests[before.kind].form.settings.map((field) => field.name).filter((field) => old[field] !== settings[field]);
  return name === before.name ? fields : ["name", ...fields];
}

async function unlessTaken<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw violates(error, "unique") ? nameTaken(name) : error;
  }
}

const audit = (tx: Tx, actor: Actor, act: string, subject: string, detail: Record<string, unknown>) =>
  appendAudit(tx, { actorId: actor.id, actor: actor.name, act, subject, detail });
