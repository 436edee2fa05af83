/** How many buckets a histogram of durations has: the last holds everything from 2^18 ms (about 4 minutes) on. */
export const DURATION_BUCKETS = 20;

/** In which bucket a duration of `ms` is counted: bucket i holds those below 2^i ms that are in no bucket before it. */
export const durationBucket = (ms: number): number => Math.min(DURATION_BUCKETS - 1, ms < 1 ? 0 : Math.floor(Math.log2(ms)) + 1);

/** A quantile as far as buckets tell it: `upper_bound` is the upper edge of its bucket, `at_least` the lower edge of the last. */
export type DurationQuantile = { readonly ms: number; readonly kind: "upper_bound" | "at_least" };

/** The duration below which a share of `q` (0 to 1) of the tries stayed; null when nothing was counted. */
export function durationQuantile(buckets: readonly number[], q: number): DurationQuantile | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  const at = buckets.findIndex((count) => (seen += count) >= total * q);
  return at === DURATION_BUCKETS - 1 ? { ms: 2 ** (at - 1), kind: "at_least" } : { ms: 2 ** at, kind: "upper_bound" };
}

/** Counts of several histograms, bucket by bucket. */
export const addDurations = (histograms: readonly (readonly number[])[]): number[] =>
  Array.from({ length: DURATION_BUCKETS }, (_, at) => histograms.reduce((sum, buckets) => sum + (buckets[at] ?? 0), 0));
