import type { GuardEntry, GuardVerdict } from "#core/route/guard.ts";
import type { AnySql } from "#db/client.ts";

/**
 * A route's guard against duplicates. A store in Postgres commits with the transaction that settles the deliveries. Another one is
 * told before and after it: delivered keys are completed first, so that when the transaction then fails, the delivery comes again and
 * its claim answers `completedBy` with its own id; failed ones are released last. It is never told within the transaction, whose locks
 * would then last as long as its silence.
 * Throws Fault (or what Postgres threw) when the store is down: the route stops, nothing passes and nothing is dropped.
 */
export type Guard = {
  /** Whether `complete` and `release` belong into the settling transaction. */
  readonly inTransaction: boolean;
  claim(entries: readonly GuardEntry[], leaseMs: number): Promise<GuardVerdict[]>;
  complete(sql: AnySql, entries: readonly GuardEntry[], ttlSeconds: number): Promise<void>;
  release(sql: AnySql, entries: readonly GuardEntry[]): Promise<void>;
  close(): Promise<void>;
};
