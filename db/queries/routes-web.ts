import { and, asc, eq, ne, or, sql } from "drizzle-orm";
import { redriveRoute } from "#core/decoders/redrive-route.ts";
import type { RouteDefinition } from "#core/route/definition.ts";
import type { Db, Tx } from "../client.ts";
import { connections, messages, routes, sources, type RouteState } from "../schema/index.ts";

const SHOWN = {
  id: routes.id,
  name: routes.name,
  state: routes.state,
  version: routes.version,
  managedBy: routes.managedBy,
  definition: routes.definition,
  consuming: routes.consuming,
  heldBy: routes.heldBy,
  faultCode: routes.faultCode,
  faultDetail: routes.faultDetail,
  faultAt: routes.faultAt,
  createdAt: routes.createdAt,
  changedAt: routes.changedAt,
  sourceId: routes.sourceId,
  source: sources.name,
  /** JSON text of the adapter's source. */
  sourceText: sources.source,
  custody: sources.custody,
  consentBy: sources.consentBy,
  consentAt: sources.consentAt,
  connectionId: sources.connectionId,
  connection: connections.name,
  kind: connections.kind,
  connectionState: connections.state,
  /** What keeps its queue from being read; null when nothing does. */
  sourceFaultCode: sources.faultCode,
  sourceFaultDetail: sources.faultDetail,
  sourceFaultAt: sources.faultAt,
};

const selectRoutes = (db: Db | Tx) =>
  db
    .select(SHOWN)
    .from(routes)
    .innerJoin(sources, eq(sources.id, routes.sourceId))
    .innerJoin(connections, eq(connections.id, sources.connectionId))
    .$dynamic();

// it was checked when it was stored; one that an older version stored is a matter of a migration, not of a guess here
const opened = <T extends { definition: string }>(row: T) => ({ ...row, definition: JSON.parse(row.definition) as RouteDefinition });

/** Every route by name, with its queue and connection. */
export const listRoutes = async (db: Db) => (await selectRoutes(db).orderBy(asc(routes.name))).map(opened);

/** One route, or null. */
export async function getRoute(db: Db | Tx, id: string) {
  const [row] = await selectRoutes(db).where(eq(routes.id, id));
  return row === undefined ? null : opened(row);
}

/** The same, kept from changing until the transaction ends. */
export async function lockRoute(tx: Tx, id: string) {
  const locked = await tx.select({ id: routes.id }).from(routes).where(eq(routes.id, id)).for("update");
  return locked.length === 0 ? null : getRoute(tx, id);
}

/** The names of all connections by id, for what a definition names. */
export async function connectionNames(db: Db | Tx): Promise<Map<string, { name: string; kind: typeof connections.$inferSelect.kind }>> {
  const rows = await db.select({ id: connections.id, name: connections.name, kind: connections.kind }).from(connections);
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

type NewRoute = { readonly name: string; readonly sourceId: string; readonly definition: RouteDefinition };

/** Writes a new route that runs from now on; answers its id. Violates the unique name when it is taken. */
export async function insertRoute(tx: Tx, { definition, ...route }: NewRoute): Promise<string> {
  const [row] = await tx
    .insert(routes)
    .values({ ...route, definition: JSON.stringify(definition), state: "running" })
    .returning({ id: routes.id });
  if (row === undefined) throw new Error("insert without a row");
  return row.id;
}

/** Compare and set of name and definition: false when the route's version is another. Violates the unique name when it is taken. */
export async function updateRoute(
  tx: Tx,
  { id, version, name, definition }: { readonly id: string; readonly version: number; readonly name: string; readonly definition: RouteDefinition },
): Promise<boolean> {
  const rows = await tx
    .update(routes)
    .set({ name, definition: JSON.stringify(definition), version: version + 1, changedAt: sql`now()` })
    .where(and(eq(routes.id, id), eq(routes.version, version)))
    .returning({ id: routes.id });
  return rows.length === 1;
}

/** Compare and set of a route's state, and of whether its queue is read. False when it stood so already. */
export async function moveRoute(tx: Tx, { id, sourceId }: { readonly id: string; readonly sourceId: string }, from: RouteState, to: RouteState): Promise<boolean> {
  const moved = await tx
    .update(routes)
    .set({ state: to, changedAt: sql`now()` })
    .where(and(eq(routes.id, id), eq(routes.state, from)))
    .returning({ id: routes.id });
  if (moved.length === 0) return false;
  await tx
    .update(sources)
    .set({ capturing: to === "running", faultCode: null, faultDetail: null, faultAt: null })
    .where(eq(sources.id, sourceId));
  return true;
}

/**
 * Deletes a route. Its queue is no longer read; its source stays, and with it the queue's cursor and the dead letters.
 * Deliveries and attempts stay until retention drops their day.
 */
export async function deleteRoute(tx: Tx, { id, sourceId }: { readonly id: string; readonly sourceId: string }): Promise<void> {
  await tx.delete(routes).where(eq(routes.id, id));
  await tx.update(sources).set({ capturing: false }).where(eq(sources.id, sourceId));
}

/** The routes that read from a connection, or name it in their definition; by name. */
export async function routesOfConnection(tx: Tx, connectionId: string): Promise<string[]> {
  const rows = await tx
    .select({ name: routes.name })
    .from(routes)
    .innerJoin(sources, eq(sources.id, routes.sourceId))
    // an id is found nowhere in a definition but where it is meant
    .where(or(eq(sources.connectionId, connectionId), sql`strpos(${routes.definition}, ${connectionId}) > 0`))
    .orderBy(asc(routes.name));
  return rows.map(({ name }) => name);
}

/** The source of that name on a connection, and what holds it; null when there is none. */
export async function sourceToRoute(tx: Tx, connectionId: string, name: string) {
  const [row] = await tx
    .select({ id: sources.id, managedBy: sources.managedBy, capturing: sources.capturing, route: routes.name })
    .from(sources)
    .leftJoin(routes, eq(routes.sourceId, sources.id))
    .where(and(eq(sources.connectionId, connectionId), eq(sources.name, name)))
    .for("update", { of: sources });
  return row ?? null;
}

/** Whether messages were captured from a source that did not die in a route. */
export async function holdsCaptured(tx: Tx, sourceId: string): Promise<boolean> {
  const rows = await tx
    .select({ one: sql`1` })
    .from(messages)
    .where(and(eq(messages.sourceId, sourceId), ne(messages.rule, redriveRoute.rule)))
    .limit(1);
  return rows.length === 1;
}

/** Reads a queue again that a removed route read before: its cursor is kept. */
export async function takeSource(tx: Tx, id: string, { source, consentBy }: { readonly source: string; readonly consentBy: string | null }): Promise<void> {
  await tx
    .update(sources)
    .set({ source, capturing: true, consentBy, consentAt: consentBy === null ? null : sql`now()`, faultCode: null, faultDetail: null, faultAt: null })
    .where(eq(sources.id, id));
}
