import { and, asc, count, eq, gt, ilike, inArray, isNotNull, isNull, ne, or, sql, type SQL } from "drizzle-orm";
import type { DeadLetterSign, Readers } from "#core/brokers/adapter.ts";
import type { Db, Tx } from "../client.ts";
import { connections, queues, queueSamples, routes, sources } from "../schema/index.ts";
import { containing } from "./containing.ts";

export type QueueFilter = {
  readonly connection?: string | undefined;
  /** Only queues that look like dead-letter queues. */
  readonly deadLetter?: boolean | undefined;
  /** Part of the name. */
  readonly q?: string | undefined;
};

// a queue that is gone stays in the list while somebody captures it: that is worth seeing
const shown = or(isNull(queues.goneAt), isNotNull(sources.id));
const signed = ne(queues.deadLetterSigns, "[]");

const matching = (filter: QueueFilter): SQL | undefined =>
  and(
    shown,
    filter.connection === undefined ? undefined : eq(queues.connectionId, filter.connection),
    filter.deadLetter === true ? signed : undefined,
    filter.q === undefined ? undefined : ilike(queues.name, containing(filter.q)),
  );

const capturedBy = and(eq(sources.connectionId, queues.connectionId), eq(sources.name, queues.name));

const ORDER = {
  // what is not known comes after what is
  depth: [sql`${queues.ready} desc nulls last`, asc(queues.name), asc(queues.id)],
  name: [asc(queues.name), asc(queues.id)],
};
export type QueueOrder = keyof typeof ORDER;

/** The first `limit` queues of every connection that the filter lets through, and how many it lets through in all. */
export async function listQueues(db: Db, filter: QueueFilter, page: { readonly sort: QueueOrder; readonly limit: number }) {
  const [[total], rows] = await Promise.all([
    db.select({ count: count() }).from(queues).leftJoin(sources, capturedBy).where(matching(filter)),
    selectQueues(db)
      .where(matching(filter))
      .orderBy(...ORDER[page.sort])
      .limit(page.limit),
  ]);
  return { total: total?.count ?? 0, rows: rows.map(opened) };
}

const selectQueues = (db: Db | Tx) =>
  db
    .select({
      id: queues.id,
      connectionId: queues.connectionId,
      connection: connections.name,
      kind: connections.kind,
      connectionState: connections.state,
      name: queues.name,
      type: queues.type,
      custody: queues.custody,
      deadLetterSigns: queues.deadLetterSigns,
      warnings: queues.warnings,
      depthKind: queues.depthKind,
      ready: queues.ready,
      inFlight: queues.inFlight,
      consumers: queues.consumers,
      place: queues.place,
      readers: queues.readers,
      /** The age of the readers. */
      discoveredAt: connections.discoveredAt,
      /** A queue's own row is written when its numbers change; the connection's time says until when they held. */
      measuredAt: sql<Date | null>`case when ${queues.depthKind} = 'unknown' then ${queues.measuredAt}
        else greatest(${queues.measuredAt}, ${connections.measuredAt}) end`.mapWith(queues.measuredAt),
      goneAt: queues.goneAt,
      sourceId: sources.id,
      capturing: sources.capturing,
      /** Why its capture does not go on; null while it does, or where there is none. */
      captureFault: sources.faultCode,
      /** The route that takes its messages; null where none does. */
      routeId: routes.id,
      route: routes.name,
    })
    .from(queues)
    .innerJoin(connections, eq(connections.id, queues.connectionId))
    .leftJoin(sources, capturedBy)
    .leftJoin(routes, eq(routes.sourceId, sources.id))
    .$dynamic();

const opened = <T extends { deadLetterSigns: string; warnings: string; readers: string | null }>(row: T) => ({
  ...row,
  deadLetterSigns: JSON.parse(row.deadLetterSigns) as DeadLetterSign[],
  warnings: JSON.parse(row.warnings) as string[],
  readers: row.readers === null ? null : (JSON.parse(row.readers) as Readers),
});

/** The queues that look like dead-letter queues and that nobody captures: how many, and the deepest few. */
export async function uncapturedQueues(db: Db, limit: number) {
  const where = and(isNull(queues.goneAt), signed, isNull(sources.id));
  const [[total], rows] = await Promise.all([
    db.select({ count: count() }).from(queues).leftJoin(sources, capturedBy).where(where),
    selectQueues(db)
      .where(where)
      .orderBy(...ORDER.depth)
      .limit(limit),
  ]);
  return { total: total?.count ?? 0, rows: rows.map(opened) };
}

/** What starting a capture has to know of a queue, or null. */
export async function queueToCapture(tx: Tx, id: string) {
  const [row] = await tx
    .select({
      connectionId: queues.connectionId,
      connection: connections.name,
      kind: connections.kind,
      name: queues.name,
      source: queues.source,
      custody: queues.custody,
      goneAt: queues.goneAt,
      route: routes.name,
    })
    .from(queues)
    .innerJoin(connections, eq(connections.id, queues.connectionId))
    .leftJoin(sources, capturedBy)
    .leftJoin(routes, eq(routes.sourceId, sources.id))
    .where(eq(queues.id, id));
  return row ?? null;
}

const TREND_MINUTES = 60;

/** The depth of each queue in each of the last 60 minutes, oldest first; null where nothing was measured. */
export async function queueTrends(db: Db, ids: readonly string[]) {
  const rows = await db
    .select({
      id: queueSamples.queueId,
      ago: sql<number>`extract(epoch from date_trunc('minute', now()) - ${queueSamples.minute})::int / 60`.mapWith(Number),
      ready: queueSamples.ready,
    })
    .from(queueSamples)
    .where(
      and(inArray(queueSamples.queueId, [...ids]), gt(queueSamples.minute, sql`now() - ${TREND_MINUTES} * interval '1 minute'`)),
    );
  const trends = new Map(ids.map((id) => [id, Array.from<number | null>({ length: TREND_MINUTES }).fill(null)]));
  for (const { id, ago, ready } of rows) trends.get(id)?.splice(TREND_MINUTES - 1 - Math.max(ago, 0), 1, ready);
  return [...trends].map(([id, points]) => ({ id, points }));
}
