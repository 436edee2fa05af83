import { setTimeout as pause } from "node:timers/promises";

export type Patience = { readonly timeoutMs?: number; readonly intervalMs?: number };

/**
 * Asks `check` again and again until it neither throws nor returns `false`, and returns what it returned. Rejects with
 * its last complaint as the cause after `patience`: a number of ms, or timeout (10 s) and interval (20 ms).
 */
export async function eventually<T>(check: () => T | Promise<T>, patience: number | Patience = {}, everyMs = 20): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = everyMs } = typeof patience === "number" ? { timeoutMs: patience } : patience;
  const deadline = performance.now() + timeoutMs;
  for (let tries = 1; ; tries++) {
    const { answer, complaint } = await attempt(check);
    if (complaint === undefined) return answer as T;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms, ${tries} tries`, { cause: complaint });
    await pause(intervalMs);
  }
}

async function attempt<T>(check: () => T | Promise<T>): Promise<{ answer?: T; complaint?: unknown }> {
  try {
    const answer = await check();
    return answer === false ? { complaint: new Error("still false") } : { answer };
  } catch (error) {
    return { complaint: error ?? new Error("rejected with nothing") };
  }
}
