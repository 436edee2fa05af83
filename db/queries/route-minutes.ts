import type { AnySql } from "../client.ts";

/** A try's duration falls into element i when it is below 2^i ms and in none before; the last one holds all the rest. */
export const DURATION_BUCKETS = 20;

export type MinuteCounts = {
  readonly received?: number;
  readonly delivered?: number;
  readonly duplicates?: number;
  readonly failed?: number;
  readonly dead?: number;
  /** ms of each try. */
  readonly durations?: readonly number[];
};

const bucketOf = (ms: number): number => Math.min(DURATION_BUCKETS - 1, Math.max(0, Math.ceil(Math.log2(ms + 1))));

/** Adds to what a route did in this minute. */
export async function countMinute(tx: AnySql, routeId: string, counts: MinuteCounts): Promise<void> {
  const { received = 0, delivered = 0, duplicates = 0, failed = 0, dead = 0 } = counts;
  const durations = Array.from({ length: DURATION_BUCKETS }, () => 0);
  for (const ms of counts.durations ?? []) durations[bucketOf(ms)] = (durations[bucketOf(ms)] ?? 0) + 1;
  await tx`
    insert into route_minutes (route_id, minute, received, delivered, duplicates, failed, dead, durations)
    values (${routeId}, date_trunc('minute', now()), ${received}, ${delivered}, ${duplicates}, ${failed}, ${dead}, ${durations}::bigint[])
    on conflict (route_id, minute) do update set
      received = route_minutes.received + excluded.received, delivered = route_minutes.delivered + excluded.delivered,
      duplicates = route_minutes.duplicates + excluded.duplicates, failed = route_minutes.failed + excluded.failed,
      dead = route_minutes.dead + excluded.dead,
      durations = (select array_agg(old + new order by i) from unnest(route_minutes.durations, excluded.durations) with ordinality as t (old, new, i))`;
}
