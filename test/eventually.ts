import { setTimeout as pause } from "node:timers/promises";

/**
 * Calls `check` until it neither throws nor returns `false`, and returns what it returned.
 * Throws with its last complaint once `timeoutMs` (default 10,000) have passed.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let tries = 1; ; tries++) {
    try {
      const answer = await check();
      if (answer !== false) return answer;
      if (performance.now() >= deadline) throw new Error("still false");
    } catch (error) {
      if (performance.now() >= deadline) throw new Error(`still failing after ${tries} tries in ${timeoutMs} ms`, { cause: error });
    }
    await pause(intervalMs);
  }
}
