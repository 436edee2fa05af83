import type { LiveTopic } from "#core/live.ts";

/** Gathers what changed and asks for it to be read again. */
export type Refresher = { add(topics: readonly LiveTopic[]): void; stop(): void };

/**
 * Reads again one wave after the other: a wave waits for the reads of the one before, so that a slow server is never
 * asked faster than it answers, and what changes meanwhile belongs to the next wave and is never missed. At most one
 * wave every `paceMs`.
 */
export function refresher(read: (topics: ReadonlySet<LiveTopic>) => Promise<unknown>, paceMs: number): Refresher {
  let waiting = new Set<LiveTopic>();
  let running = false;
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.size > 0 && !stopping.signal.aborted) {
      const topics = waiting;
      waiting = new Set();
      const pause = new Promise((resolve) => setTimeout(resolve, paceMs));
      // a read that failed shows so on its own part of the screen
      await read(topics).catch(() => undefined);
      await pause;
    }
    running = false;
  };
  return {
    add: (topics) => {
      for (const topic of topics) waiting.add(topic);
      if (!running) void run();
    },
    stop: () => stopping.abort(),
  };
}
