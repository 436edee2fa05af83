import { setTimeout as wait } from "node:timers/promises";

/**
 * Calls `check` until it stops throwing and returns what it returned.
 * Throws the last error, with the number of tries, once `timeoutMs` (default 10,000) have passed.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 50 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (let tries = 1; ; tries++) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() >= deadline) throw new Error(`still failing after ${tries} tries in ${timeoutMs} ms`, { cause: error });
    }
    await wait(intervalMs);
  }
}
