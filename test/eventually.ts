import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits until `check` neither throws nor returns `false`, asking again every `everyMs`; rejects with its last
 * complaint after `withinMs`.
 */
export async function eventually(check: () => unknown, withinMs = 10_000, everyMs = 20): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const complaint = await attempt(check);
    if (complaint === undefined) return;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms`, { cause: complaint });
    await pause(everyMs);
  }
}

async function attempt(check: () => unknown): Promise<unknown> {
  try {
    return (await check()) === false ? new Error("still false") : undefined;
  } catch (error) {
    return error ?? new Error("rejected with nothing");
  }
}
