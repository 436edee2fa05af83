import { setTimeout as sleep } from "node:timers/promises";

export type TrafficOptions = {
  readonly url: string;
  /** Messages a second, on the long run, over all queues. */
  readonly rate: number;
  /** Ends the traffic. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
};

const TICK_MS = 100;

/** Waits, or less when the signal aborts. Never throws. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);

/** How much busier than usual it is: slow waves, and every 40 s a burst of three seconds. Its mean is about 1. */
export function bustle(now: Date): number {
  const seconds = now.getTime() / 1_000;
  const wave = 0.75 + 0.35 * Math.sin(seconds / 17) + 0.15 * Math.sin(seconds / 5);
  return seconds % 40 < 3 ? wave + 3 : wave;
}

/** Calls `send` at the rate, in gusts, until the signal aborts. What `send` throws ends it. */
export async function produce(rate: number, signal: AbortSignal, send: () => Promise<void>): Promise<void> {
  let owed = 0;
  while (!signal.aborted) {
    owed += ((rate * TICK_MS) / 1_000) * bustle(new Date()) * 2 * Math.random();
    for (; owed >= 1 && !signal.aborted; owed--) await send();
    await pause(TICK_MS, signal);
  }
}

/**
 * Runs `once` again and again until the signal aborts, with growing pauses after failures. Never throws: a broker that
 * is away is waited for.
 */
async function keepRunning(name: string, { signal, log }: TrafficOptions, once: () => Promise<void>): Promise<void> {
  let wait = 500;
  while (!signal.aborted) {
    const from = performance.now();
    try {
      await once();
    } catch (error) {
      if (!signal.aborted) log(`${name}: ${error instanceof Error ? error.message || error.name : String(error)}; trying again`);
    }
    wait = performance.now() - from > 30_000 ? 500 : Math.min(wait * 2, 10_000);
    if (!signal.aborted) await pause(wait, signal);
  }
}

/** Runs `once` in the background under a signal of its own, again and again; resolves to what stops it. Never throws. */
export async function inBackground(name: string, given: TrafficOptions, once: (options: TrafficOptions) => Promise<void>): Promise<() => Promise<void>> {
  const { options, stop } = stoppable(given);
  const running = keepRunning(name, options, () => once(options));
  return async () => {
    stop();
    await running;
  };
}

/** The options with a signal that `stop` aborts too. */
export function stoppable(options: TrafficOptions): { readonly options: TrafficOptions; stop(): void } {
  const own = new AbortController();
  return { options: { ...options, signal: AbortSignal.any([options.signal, own.signal]) }, stop: () => own.abort() };
}
