import type { BrokerKind } from "#core/brokers/index.ts";
import { Failure } from "#core/failure.ts";
import type { Db, Sql, Tx } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { insertCommand } from "#db/queries/commands-web.ts";
import { getConnection } from "#db/queries/connections-web.ts";
import type { Actor } from "../context.ts";
import { checkedSettings, keptSecrets, sealedFor, type Given } from "./connection-settings.ts";

export type Probe = {
  readonly kind: BrokerKind;
  readonly settings: Given;
  /** Absent: those stored for the connection `id`. */
  readonly secrets?: Given | undefined;
  readonly id?: string | undefined;
};

type Asked = { readonly commandId: string };

/** Asks a worker whether a login works, before it is saved. The answer comes with the command. */
export async function probeConnection(db: Db, sql: Sql, actor: Actor, probe: Probe): Promise<Asked> {
  const settings = checkedSettings(probe.kind, probe.settings);
  const commandId = await db.transaction(async (tx) => {
    const secrets = await secretsOf(tx, probe, settings);
    const input = { kind: probe.kind, settings: JSON.stringify(settings), secrets };
    const id = await insertCommand(tx, { kind: "probe", input, requestedBy: actor.name });
    const detail = { kind: probe.kind, host: settings["host"] ?? null, port: settings["port"] ?? null };
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act: "connection.probe", subject: probe.id ?? null, detail });
    return id;
  });
  await notify(sql, ["commands"]);
  return { commandId };
}

async function secretsOf(tx: Tx, probe: Probe, settings: Readonly<Record<string, unknown>>): Promise<string> {
  if (probe.secrets !== undefined) return sealedFor(tx, probe.kind, probe.secrets);
  const connection = probe.id === undefined ? null : await getConnection(tx, probe.id);
  if (connection === null) throw new Failure("invalid", "A new connection needs its secrets.", "secrets");
  return keptSecrets(tx, connection, settings);
}

/** Asks a worker to list a connection's queues, or to measure them, now instead of at its next turn. */
export async function askAbout(db: Db, sql: Sql, actor: Actor, kind: "discover" | "measure", connectionId: string): Promise<Asked> {
  const commandId = await db.transaction(async (tx) => {
    const connection = await getConnection(tx, connectionId);
    if (connection === null) throw new Failure("not_found", "There is no such connection.", "connectionId");
    const id = await insertCommand(tx, { kind, input: { connectionId }, requestedBy: actor.name });
    const detail = { name: connection.name };
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act: `connection.${kind}`, subject: connectionId, detail });
    return id;
  });
  await notify(sql, ["commands"]);
  return { commandId };
}
