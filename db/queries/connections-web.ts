import { and, asc, count, eq, exists, isNull, sql } from "drizzle-orm";
import type { BrokerKind } from "#core/brokers/index.ts";
import type { Db, Tx } from "../client.ts";
import { captureBatches, connections, deaths, groups, messages, queues, sources } from "../schema/index.ts";

const SHOWN = {
  id: connections.id,
  name: connections.name,
  kind: connections.kind,
  managedBy: connections.managedBy,
  state: connections.state,
  faultCode: connections.faultCode,
  faultDetail: connections.faultDetail,
  stateSince: connections.stateSince,
  measuredAt: connections.measuredAt,
  discoveredAt: connections.discoveredAt,
};

/** Every connection by name, with how many queues it showed and how many of them are sources. */
export async function listConnections(db: Db) {
  const queuesOf = db
    .select({ connectionId: queues.connectionId, count: count().as("queue_count") })
    .from(queues)
    .where(isNull(queues.goneAt))
    .groupBy(queues.connectionId)
    .as("queues_of");
  const sourcesOf = db
    .select({ connectionId: sources.connectionId, count: count().as("source_count") })
    .from(sources)
    .groupBy(sources.connectionId)
    .as("sources_of");
  return db
    .select({
      ...SHOWN,
      queues: sql<number>`coalesce(${queuesOf.count}, 0)`.mapWith(Number),
      sources: sql<number>`coalesce(${sourcesOf.count}, 0)`.mapWith(Number),
    })
    .from(connections)
    .leftJoin(queuesOf, eq(queuesOf.connectionId, connections.id))
    .leftJoin(sourcesOf, eq(sourcesOf.connectionId, connections.id))
    .orderBy(asc(connections.name));
}

/** Which connection has a name, or null. */
export async function connectionNamed(db: Db | Tx, name: string) {
  const [row] = await db.select({ id: connections.id, kind: connections.kind }).from(connections).where(eq(connections.name, name));
  return row ?? null;
}

/** One connection with its settings (JSON text) and without its secrets, or null. */
export async function getConnection(db: Db | Tx, id: string) {
  const [row] = await db
    .select({ ...SHOWN, settings: connections.settings })
    .from(connections)
    .where(eq(connections.id, id));
  return row ?? null;
}

/** The sealed secrets of a connection, to be handed to a worker unopened; null without such a connection. */
export async function sealedSecrets(db: Db | Tx, id: string): Promise<string | null> {
  const [row] = await db.select({ secrets: connections.secrets }).from(connections).where(eq(connections.id, id));
  return row?.secrets ?? null;
}

type NewConnection = {
  readonly name: string;
  readonly kind: BrokerKind;
  /** JSON text. */
  readonly settings: string;
  /** Sealed. */
  readonly secrets: string;
};

/** Writes a connection made on the screen; answers its id. Violates the unique name when it is taken. */
export async function insertConnection(tx: Tx, connection: NewConnection): Promise<string> {
  const [row] = await tx
    .insert(connections)
    .values({ ...connection, managedBy: "screen" })
    .returning({ id: connections.id });
  if (row === undefined) throw new Error("insert without a row");
  return row.id;
}

type Change = {
  readonly id: string;
  readonly name: string;
  readonly settings: string;
  /** Null keeps what is stored. */
  readonly secrets: string | null;
};

/** Changes a connection; its state is unknown again until a worker has opened it anew. */
export async function updateConnection(tx: Tx, { id, name, settings, secrets }: Change): Promise<void> {
  await tx
    .update(connections)
    .set({
      name,
      settings,
      ...(secrets === null ? {} : { secrets }),
      revision: sql`${connections.revision} + 1`,
      state: "unknown",
      faultCode: null,
      faultDetail: null,
      stateSince: sql`now()`,
    })
    .where(eq(connections.id, id));
}

/** The names of a connection's sources from which messages are stored. */
export async function sourcesWithMessages(tx: Tx, connectionId: string): Promise<string[]> {
  const rows = await tx
    .select({ name: sources.name })
    .from(sources)
    .where(
      and(
        eq(sources.connectionId, connectionId),
        exists(tx.select({ one: sql`1` }).from(messages).where(eq(messages.sourceId, sources.id))),
      ),
    )
    .orderBy(asc(sources.name));
  return rows.map((row) => row.name);
}

/** Removes a connection whose sources hold no messages, with what is left of those sources. */
export async function deleteConnection(tx: Tx, id: string): Promise<void> {
  const own = tx.select({ id: sources.id }).from(sources).where(eq(sources.connectionId, id));
  for (const table of [deaths, captureBatches, groups]) await tx.delete(table).where(sql`${table.sourceId} in ${own}`);
  await tx.delete(sources).where(eq(sources.connectionId, id));
  await tx.delete(connections).where(eq(connections.id, id));
}
