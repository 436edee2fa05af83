import { and, desc, eq, gt, gte, inArray, sql } from "drizzle-orm";
import { cappedCount, type CappedCount } from "#core/capped-count.ts";
import { COUNT_CAP } from "#core/message/counts.ts";
import { addDurations } from "#core/route/durations.ts";
import { DELIVERY_STATES, type DeliveryState } from "#core/route/state.ts";
import type { Db } from "../client.ts";
import { breakers, deliveries, deliveryAttempts, messages, routeMinutes } from "../schema/index.ts";
import { firstIdAt } from "./partitions.ts";

const MINUTES = 60;

type Minute = Pick<typeof routeMinutes.$inferSelect, "received" | "delivered" | "duplicates" | "failed" | "dead">;
const NOTHING: Minute = { received: 0, delivered: 0, duplicates: 0, failed: 0, dead: 0 };

/** What routes did in the last hour. */
export type RouteHour = {
  /** Each of the last 60 minutes, oldest first; the last one is not over yet. */
  readonly minutes: readonly Minute[];
  /** Tries by duration, as core/route/durations.ts reads them. */
  readonly durations: readonly number[];
};

/** The last hour of each of these routes, by id. */
export async function routeHours(db: Db, ids: readonly string[]): Promise<Map<string, RouteHour>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({
      id: routeMinutes.routeId,
      ago: sql<number>`extract(epoch from date_trunc('minute', now()) - ${routeMinutes.minute})::int / 60`.mapWith(Number),
      received: routeMinutes.received,
      delivered: routeMinutes.delivered,
      duplicates: routeMinutes.duplicates,
      failed: routeMinutes.failed,
      dead: routeMinutes.dead,
      durations: routeMinutes.durations,
    })
    .from(routeMinutes)
    .where(and(inArray(routeMinutes.routeId, [...ids]), gt(routeMinutes.minute, sql`now() - ${MINUTES} * interval '1 minute'`)));
  return new Map(
    ids.map((id) => {
      const own = rows.filter((row) => row.id === id);
      const minutes = Array.from({ length: MINUTES }, (): Minute => NOTHING);
      for (const { ago, received, delivered, duplicates, failed, dead } of own)
        minutes.splice(MINUTES - 1 - Math.max(ago, 0), 1, { received, delivered, duplicates, failed, dead });
      return [id, { minutes, durations: addDurations(own.map(({ durations }) => durations)) }];
    }),
  );
}

export type DeliveryCounts = Readonly<Record<DeliveryState, CappedCount>>;

/** How many deliveries of each of these routes stand in each of `states`, each capped; by route. */
export async function countDeliveries(db: Db, ids: readonly string[], states: readonly DeliveryState[] = DELIVERY_STATES): Promise<Map<string, Partial<DeliveryCounts>>> {
  const counts = new Map<string, Partial<Record<DeliveryState, CappedCount>>>(ids.map((id) => [id, {}]));
  if (ids.length === 0) return counts;
  const rows = await db.execute<{ id: string; state: DeliveryState; count: string }>(sql`
    select asked.id, asked.state, counted.count from
      (select id, state from unnest(array[${sql.join(ids.map((id) => sql`${id}::uuid`), sql`, `)}]) as r(id)
        cross join unnest(array[${sql.join(states.map((state) => sql`${state}`), sql`, `)}]::text[]) as s(state)) as asked
      cross join lateral (select count(*) as count from (
        select 1 from ${deliveries} d where d.route_id = asked.id and d.state = asked.state limit ${COUNT_CAP + 1}) as seen) as counted`);
  for (const { id, state, count } of rows) Object.assign(counts.get(id) ?? {}, { [state]: cappedCount(count) });
  return counts;
}

/** The dead letters of each of these sources that wait for a person, capped; by source. */
export async function countOpen(db: Db, sourceIds: readonly string[]): Promise<Map<string, CappedCount>> {
  if (sourceIds.length === 0) return new Map();
  const rows = await db.execute<{ id: string; count: string }>(sql`
    select asked.id, counted.count from unnest(array[${sql.join(sourceIds.map((id) => sql`${id}::uuid`), sql`, `)}]) as asked(id)
      cross join lateral (select count(*) as count from (
        select 1 from ${messages} m where m.source_id = asked.id and m.state in ('dead', 'in_doubt') limit ${COUNT_CAP + 1}) as seen) as counted`);
  return new Map(rows.map(({ id, count }) => [id, cappedCount(count)]));
}

/** The breakers of these destinations that ever moved, by destination key. */
export async function readBreakers(db: Db, keys: readonly string[]) {
  if (keys.length === 0) return new Map<string, typeof breakers.$inferSelect>();
  const rows = await db.select().from(breakers).where(inArray(breakers.destination, [...keys]));
  return new Map(rows.map((row) => [row.destination, row]));
}

/** How many of the newest attempts are looked at for the top errors. */
const LOOKED_AT = 20_000;
const HOUR_MS = 3_600_000;
const TOP = 10;

/** The errors of a route's tries in the last hour, of the newest 20,000 tries, the most frequent first, at most ten. `now`: ms. */
export async function topErrors(db: Db, routeId: string, now: number) {
  const recent = db
    .select({
      id: deliveryAttempts.id,
      code: deliveryAttempts.errorCode,
      status: deliveryAttempts.errorStatus,
      type: deliveryAttempts.errorType,
      message: deliveryAttempts.errorMessage,
      deliveryId: deliveryAttempts.deliveryId,
      startedAt: deliveryAttempts.startedAt,
    })
    .from(deliveryAttempts)
    .where(and(eq(deliveryAttempts.routeId, routeId), gte(deliveryAttempts.id, firstIdAt(now - HOUR_MS))))
    .orderBy(desc(deliveryAttempts.id))
    .limit(LOOKED_AT)
    .as("recent");
  return db
    .select({
      code: recent.code,
      status: recent.status,
      type: recent.type,
      count: sql<number>`count(*)`.mapWith(Number).as("count"),
      /** The newest of its kind. */
      message: sql<string | null>`(array_agg(left(${recent.message}, 300) order by ${recent.id} desc))[1]`,
      deliveryId: sql<string>`(array_agg(${recent.deliveryId} order by ${recent.id} desc))[1]`,
      lastAt: sql<Date>`max(${recent.startedAt})`.mapWith(deliveryAttempts.startedAt),
    })
    .from(recent)
    .where(sql`${recent.code} is not null`)
    .groupBy(recent.code, recent.status, recent.type)
    .orderBy(sql`count desc`)
    .limit(TOP);
}

/** The newest tries of a route, newest first. */
export const recentAttempts = (db: Db, routeId: string, limit: number) =>
  db
    .select({
      id: deliveryAttempts.id,
      deliveryId: deliveryAttempts.deliveryId,
      number: deliveryAttempts.number,
      trigger: deliveryAttempts.trigger,
      startedAt: deliveryAttempts.startedAt,
      durationMs: deliveryAttempts.durationMs,
      outcome: deliveryAttempts.outcome,
      answerStatus: deliveryAttempts.answerStatus,
      errorCode: deliveryAttempts.errorCode,
      errorStatus: deliveryAttempts.errorStatus,
      errorMessage: sql<string | null>`left(${deliveryAttempts.errorMessage}, 300)`,
      decision: deliveryAttempts.decision,
      decidedBy: deliveryAttempts.decidedBy,
      nextDelayMs: deliveryAttempts.nextDelayMs,
    })
    .from(deliveryAttempts)
    .where(eq(deliveryAttempts.routeId, routeId))
    .orderBy(desc(deliveryAttempts.id))
    .limit(limit);
