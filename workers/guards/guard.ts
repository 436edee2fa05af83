import type { GuardEntry, GuardVerdict } from "#core/route/guard.ts";
import type { AnySql } from "#db/client.ts";

/**
 * A route's guard against duplicates. `complete` and `release` are called inside the transaction that settles the deliveries, as
 * its last step: Postgres commits both together. Redis is told before the commit: when that then fails, the delivery comes
 * again, and its claim answers `completedBy` with its own id, so that it is not delivered twice.
 * Throws Fault (or what Postgres threw) when the store is down: the route stops, nothing passes and nothing is dropped.
 */
export type Guard = {
  claim(entries: readonly GuardEntry[], leaseMs: number): Promise<GuardVerdict[]>;
  complete(tx: AnySql, entries: readonly GuardEntry[], ttlSeconds: number): Promise<void>;
  release(tx: AnySql, entries: readonly GuardEntry[]): Promise<void>;
  close(): Promise<void>;
};
