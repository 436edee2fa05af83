import { Failure } from "#core/failure.ts";
import type { Db } from "#db/client.ts";
import { countTry } from "#db/queries/rate-limits.ts";

export type Limit = { readonly key: string; readonly max: number; readonly windowMs: number };

/** Whether a try is within its limit; `first` marks the one that crossed it. */
export type Verdict = { readonly allowed: boolean; readonly first: boolean; readonly retryAfterSeconds: number };

/** Counts a try and says whether it may go on. Shared by all web processes, since the count is in the database. */
export async function tryWithin(db: Db, { key, max, windowMs }: Limit): Promise<Verdict> {
  const { count, resetsInMs } = await countTry(db, key, windowMs);
  return { allowed: count <= max, first: count === max + 1, retryAfterSeconds: Math.ceil(resetsInMs / 1000) };
}

/** Throws Failure `too_many` when a try is over its limit. */
export async function withinLimit(db: Db, limit: Limit): Promise<void> {
  const { allowed, retryAfterSeconds } = await tryWithin(db, limit);
  if (!allowed) throw new Failure("too_many", `Too many tries. Try again in ${Math.ceil(retryAfterSeconds / 60)} min.`);
}
