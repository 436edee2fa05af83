import { z } from "zod";

export const JITTERS = ["none", "full", "equal", "decorrelated"] as const;
export type Jitter = (typeof JITTERS)[number];

export const retryPolicy = z.strictObject({
  /** Tries in all, the first included. */
  maxAttempts: z.int().min(1).max(1_000).default(8),
  /** Seconds after its arrival beyond which a message is not tried again; null is no limit. */
  maxAgeSeconds: z.int().min(1).max(31_536_000).nullable().default(null),
  /** ms before the second try. */
  baseMs: z.int().min(1).max(86_400_000).default(1_000),
  factor: z.number().min(1).max(10).default(2),
  /** ms that no wait exceeds, `Retry-After` apart. */
  capMs: z.int().min(1).max(604_800_000).default(600_000),
  jitter: z.enum(JITTERS).default("full"),
});
export type RetryPolicy = z.infer<typeof retryPolicy>;

/** A destination may ask for more patience than the cap; for a day at most. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;

export type DelayQuestion = {
  /** How many tries there were, from 1. */
  readonly tried: number;
  /** ms of the wait before the last try, 0 before the second try; what decorrelated jitter grows from. */
  readonly lastDelayMs: number;
  /** What the destination asked for, ms; null when it did not. */
  readonly retryAfterMs: number | null;
  /** In [0, 1). */
  readonly random: number;
};

/** The bounds of the wait after `tried` tries, ms, without what a destination asks for. `last` is only used by decorrelated. */
export function delayRange(policy: RetryPolicy, tried: number, lastDelayMs: number): { min: number; max: number } {
  // 10 ** 1000 is Infinity, which the cap ends
  const full = Math.min(policy.capMs, policy.baseMs * policy.factor ** (tried - 1));
  switch (policy.jitter) {
    case "none":
      return { min: full, max: full };
    case "full":
      return { min: 0, max: full };
    case "equal":
      return { min: full / 2, max: full };
    case "decorrelated": {
      const base = Math.min(policy.baseMs, policy.capMs);
      return { min: base, max: Math.max(base, Math.min(policy.capMs, Math.max(policy.baseMs, lastDelayMs) * 3)) };
    }
  }
}

/** The wait before the next try, whole ms. `Retry-After` is a floor: jitter comes on top, so that not all return at once. */
export function nextDelay(policy: RetryPolicy, { tried, lastDelayMs, retryAfterMs, random }: DelayQuestion): number {
  const { min, max } = delayRange(policy, tried, lastDelayMs);
  const own = min + (max - min) * random;
  if (retryAfterMs === null) return Math.round(own);
  const floor = Math.min(Math.max(0, retryAfterMs), LONGEST_RETRY_AFTER_MS);
  return Math.round(own >= floor ? own : floor + Math.min(policy.baseMs, floor / 10) * random);
}

export type ScheduleRow = {
  /** Number of the try, from 1. */
  readonly attempt: number;
  /** ms of the wait before it, at least, on average and at most. */
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** ms after the first try, at least and at most; tries themselves take no time here. */
  readonly earliest: number;
  readonly latest: number;
};

/** The schedule as a table, for the screen: at most `rows` tries of it. */
export function schedule(policy: RetryPolicy, rows = 50): ScheduleRow[] {
  const table: ScheduleRow[] = [{ attempt: 1, min: 0, mean: 0, max: 0, earliest: 0, latest: 0 }];
  let last = 0;
  let lastMean = 0;
  for (let attempt = 2; attempt <= Math.min(policy.maxAttempts, rows); attempt += 1) {
    const before = table.at(-1);
    if (before === undefined) break;
    const { min, max } = delayRange(policy, attempt - 1, last);
    const likely = delayRange(policy, attempt - 1, lastMean);
    const mean = (likely.min + likely.max) / 2;
    table.push({ attempt, min, mean, max, earliest: before.earliest + min, latest: before.latest + max });
    last = max;
    lastMean = mean;
  }
  const maxAge = policy.maxAgeSeconds === null ? Number.POSITIVE_INFINITY : policy.maxAgeSeconds * 1_000;
  return table.filter(({ earliest }) => earliest <= maxAge);
}
