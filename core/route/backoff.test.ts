import fc from "fast-check";
import { expect, test } from "vitest";
import { delayRange, JITTERS, nextDelay, retryPolicy, schedule, type RetryPolicy } from "./backoff.ts";

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 1_000 }),
  maxAgeSeconds: fc.option(fc.integer({ min: 1, max: 31_536_000 })),
  baseMs: fc.integer({ min: 1, max: 86_400_000 }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  capMs: fc.integer({ min: 1, max: 604_800_000 }),
  jitter: fc.constantFrom(...JITTERS),
});
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const tries = fc.integer({ min: 1, max: 1_000 });
const policy = (given: Partial<RetryPolicy>): RetryPolicy => ({ ...retryPolicy.parse({}), ...given });

test("a wait is whole ms, within its bounds, and never beyond the cap", () => {
  fc.assert(
    fc.property(policies, tries, fc.integer({ min: 0, max: 604_800_000 }), randoms, (each, tried, last, random) => {
      const { min, max } = delayRange(each, tried, last);
      const delay = nextDelay(each, { tried, lastDelayMs: last, retryAfterMs: null, random });
      expect(Number.isInteger(delay)).toBe(true);
      expect(delay).toBeGreaterThanOrEqual(Math.floor(min));
      expect(delay).toBeLessThanOrEqual(Math.ceil(max));
      expect(max).toBeLessThanOrEqual(Math.max(each.capMs, Math.min(each.baseMs, each.capMs)));
    }),
  );
});

test("without jitter it grows by the factor up to the cap; full, equal and decorrelated spread below it", () => {
  const none = policy({ jitter: "none", baseMs: 100, factor: 3, capMs: 2_000 });
  expect([1, 2, 3, 4, 5].map((tried) => nextDelay(none, { tried, lastDelayMs: 0, retryAfterMs: null, random: 0.9 }))).toEqual([100, 300, 900, 2_000, 2_000]);
  expect(delayRange({ ...none, jitter: "full" }, 3, 0)).toEqual({ min: 0, max: 900 });
  expect(delayRange({ ...none, jitter: "equal" }, 3, 0)).toEqual({ min: 450, max: 900 });
  expect(delayRange({ ...none, jitter: "decorrelated" }, 3, 500)).toEqual({ min: 100, max: 1_500 });
  expect(delayRange({ ...none, jitter: "decorrelated" }, 9, 5_000)).toEqual({ min: 100, max: 2_000 });
});

test("what the destination asks for is a floor, for a day at most, whatever the cap", () => {
  fc.assert(
    fc.property(policies, tries, fc.integer({ min: 0, max: 10 ** 9 }), randoms, (each, tried, retryAfterMs, random) => {
      const delay = nextDelay(each, { tried, lastDelayMs: 0, retryAfterMs, random });
      expect(delay).toBeGreaterThanOrEqual(Math.min(retryAfterMs, 86_400_000) - 1);
      expect(delay).toBeLessThanOrEqual(Math.max(each.capMs, Math.min(retryAfterMs, 86_400_000) * 1.1) + 1);
    }),
  );
});

test("the schedule has a row a try, waits that lie in their bounds, and ends with the age a message may reach", () => {
  fc.assert(
    fc.property(policies, (each) => {
      const rows = schedule(each, 30);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.length).toBeLessThanOrEqual(Math.min(30, each.maxAttempts));
      for (const [i, row] of rows.entries()) {
        expect(row.attempt).toBe(i + 1);
        expect(row.min).toBeLessThanOrEqual(row.max);
        expect(row.mean).toBeLessThanOrEqual(row.max);
        expect(row.earliest).toBeLessThanOrEqual(row.latest);
        if (each.maxAgeSeconds !== null) expect(row.earliest).toBeLessThanOrEqual(each.maxAgeSeconds * 1_000);
      }
    }),
  );
});
