import { DURATION_BUCKETS } from "#core/route/durations.ts";
import type { AnySql } from "../client.ts";

/** SQL: what follows `on conflict (route_id, minute) do update set` where counts are added to those of the minute. */
export const ADD_MINUTE = `
  received = route_minutes.received + excluded.received, delivered = route_minutes.delivered + excluded.delivered,
  duplicates = route_minutes.duplicates + excluded.duplicates, failed = route_minutes.failed + excluded.failed,
  dead = route_minutes.dead + excluded.dead,
  durations = (select array_agg(old + new order by i) from unnest(route_minutes.durations, excluded.durations) with ordinality as t (old, new, i))`;

const NO_DURATIONS = Array.from({ length: DURATION_BUCKETS }, () => 0);

/** Adds to what a route received in this minute. */
export async function countReceived(tx: AnySql, routeId: string, received: number): Promise<void> {
  await tx`
    insert into route_minutes (route_id, minute, received, durations)
    values (${routeId}, date_trunc('minute', now()), ${received}, ${NO_DURATIONS}::bigint[])
    on conflict (route_id, minute) do update set ${tx.unsafe(ADD_MINUTE)}`;
}
