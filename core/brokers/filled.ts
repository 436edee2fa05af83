import type { CaptureLimits } from "./adapter.ts";

/** What a reader has in hand, and how it tells that more has come. */
export type Filling = {
  waiting(): { readonly count: number; readonly bytes: number };
  /** No more comes before some of it is taken. */
  saturated(): boolean;
  /** Resolves when something came, throws the Fault that ended the reading. */
  changed(): Promise<unknown>;
};

/** Resolves after `ms`, or rejects when the signal aborts; given from outside, since core has no clock. */
type Sleep = (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>;

/** Resolves to true when a batch is due by the limits, to false when stopped. Throws what ended the reading. */
export async function filled(reader: Filling, limits: CaptureLimits, stop: AbortSignal, stopped: Promise<unknown>, sleep: Sleep): Promise<boolean> {
  const ending = new AbortController();
  let late = false;
  let waited: Promise<unknown> | null = null;
  try {
    for (;;) {
      if (stop.aborted) return false;
      const { count, bytes } = reader.waiting();
      if (count > 0 && (late || count >= limits.maxCount || bytes >= limits.maxBytes || reader.saturated())) return true;
      if (count > 0) {
        waited ??= sleep(limits.maxWaitMs, undefined, { signal: ending.signal }).then(
          () => (late = true),
          () => undefined,
        );
      }
      await Promise.race([reader.changed(), stopped, ...(waited === null ? [] : [waited])]);
    }
  } finally {
    ending.abort();
  }
}
