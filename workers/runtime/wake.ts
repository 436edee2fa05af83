/** A pause that a hint may cut short. A hint that comes while nobody waits is kept for the next wait. */
export type Wake = {
  readonly hint: () => void;
  /** Resolves after `ms`, at a hint, or when `stop` aborts. Never rejects. */
  readonly wait: (ms: number, stop: AbortSignal) => Promise<void>;
};

export function makeWake(): Wake {
  let hinted = false;
  const waiting = new Set<() => void>();
  return {
    hint: () => {
      hinted = true;
      for (const go of waiting) go();
    },
    wait: (ms, stop) =>
      new Promise((resolve) => {
        if (hinted || stop.aborted) {
          hinted = false;
          resolve();
          return;
        }
        const done = () => {
          clearTimeout(timer);
          waiting.delete(done);
          stop.removeEventListener("abort", done);
          hinted = false;
          resolve();
        };
        const timer = setTimeout(done, ms);
        waiting.add(done);
        stop.addEventListener("abort", done, { once: true });
      }),
  };
}

/** Resolves after `ms` or when `stop` aborts. Never rejects. */
export const pause = (ms: number, stop: AbortSignal): Promise<void> => makeWake().wait(ms, stop);
