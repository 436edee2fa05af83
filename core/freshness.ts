/** A depth older than this is shown as stale, in ms. */
export const DEPTH_STALE_MS = 30_000;

/** A list of queues, and of their readers, older than this is shown as stale, in ms. */
export const DISCOVERY_STALE_MS = 90_000;

/** A worker that has not beaten for this long counts as silent, in ms. */
export const WORKER_SILENT_MS = 15_000;

/** Whether something of `at` is too old at `now`, both in ms; what was never measured is not stale but unknown. */
export const isStale = (at: number | null, now: number, limitMs: number): boolean => at !== null && now - at > limitMs;
