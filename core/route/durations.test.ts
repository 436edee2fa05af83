import fc from "fast-check";
import { expect, test } from "vitest";
import { addDurations, DURATION_BUCKETS, durationBucket, durationQuantile } from "./durations.ts";

const counted = (durations: readonly number[]): number[] => {
  const buckets = Array.from({ length: DURATION_BUCKETS }, () => 0);
  for (const ms of durations) buckets[durationBucket(ms)]! += 1;
  return buckets;
};

test("a quantile is never below the true one, and less than twice as much", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 200 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (durations, q) => {
      const sorted = durations.toSorted((a, b) => a - b);
      const truth = sorted[Math.max(0, Math.ceil(durations.length * q - 1e-9) - 1)]!;
      const told = durationQuantile(counted(durations), q);
      expect(told?.kind).toBe("upper_bound");
      expect(told!.ms).toBeGreaterThan(truth);
      expect(told!.ms).toBeLessThanOrEqual(truth * 2);
    }),
  );
});

test("what lies in the last bucket has no upper bound, and nothing counted is not zero", () => {
  expect(durationQuantile(counted([600_000]), 0.5)).toEqual({ ms: 2 ** 18, kind: "at_least" });
  expect(durationQuantile(counted([]), 0.5)).toBeNull();
  expect(durationQuantile(counted([0]), 0.5)).toEqual({ ms: 1, kind: "upper_bound" });
});

test("histograms add up bucket by bucket, short ones too", () => {
  expect(addDurations([[1, 2], [3]]).slice(0, 3)).toEqual([4, 2, 0]);
});
