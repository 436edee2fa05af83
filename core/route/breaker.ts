/** A breaker's state as Postgres keeps it, shared by all workers. */
const BREAKER_STATES = ["closed", "open", "half_open"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

export type BreakerPolicy = { readonly failureShare: number; readonly of: number; readonly openSeconds: number };

const LONGEST_OPEN_SECONDS = 600;

/**
 * The last results of one destination as one worker saw them, newest last. Pure: answers the window after `result`, and
 * whether it opens the breaker.
 */
export function afterResult(window: readonly boolean[], failed: boolean, policy: BreakerPolicy): { window: boolean[]; opens: boolean } {
  const next = [...window, failed].slice(-policy.of);
  const failures = next.filter(Boolean).length;
  return { window: next, opens: next.length >= policy.of && failures / next.length >= policy.failureShare };
}

/** Seconds until the next probe after `probes` that failed. */
export const openFor = (policy: BreakerPolicy, probes: number): number => Math.min(LONGEST_OPEN_SECONDS, policy.openSeconds * 2 ** Math.min(probes, 20));
