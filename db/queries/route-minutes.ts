import { DURATION_BUCKETS, durationBucket } from "#core/route/durations.ts";
import type { AnySql } from "../client.ts";

export type MinuteCounts = {
  readonly received?: number;
  readonly delivered?: number;
  readonly duplicates?: number;
  readonly failed?: number;
  readonly dead?: number;
  /** ms of each try. */
  readonly durations?: readonly number[];
};

/** Adds to what a route did in this minute. */
export async function countMinute(tx: AnySql, routeId: string, counts: MinuteCounts): Promise<void> {
  const { received = 0, delivered = 0, duplicates = 0, failed = 0, dead = 0 } = counts;
  const durations = Array.from({ length: DURATION_BUCKETS }, () => 0);
  for (const ms of counts.durations ?? []) durations[durationBucket(ms)] = (durations[durationBucket(ms)] ?? 0) + 1;
  await tx`
    insert into route_minutes (route_id, minute, received, delivered, duplicates, failed, dead, durations)
    values (${routeId}, date_trunc('minute', now()), ${received}, ${delivered}, ${duplicates}, ${failed}, ${dead}, ${durations}::bigint[])
    on conflict (route_id, minute) do update set
      received = route_minutes.received + excluded.received, delivered = route_minutes.delivered + excluded.delivered,
      duplicates = route_minutes.duplicates + excluded.duplicates, failed = route_minutes.failed + excluded.failed,
      dead = route_minutes.dead + excluded.dead,
      durations = (select array_agg(old + new order by i) from unnest(route_minutes.durations, excluded.durations) with ordinality as t (old, new, i))`;
}
