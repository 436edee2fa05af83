import type { Log } from "../log.ts";

/** After the first signal nothing new is taken; what is under way has this long to end. */
const DRAIN_MS = 10_000;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Runs `work` until a signal. The first asks it to stop; a second one, or the end of the drain time, ends the process
 * at once: what was under way then becomes in doubt by its lease. Dies of the signal it got, so that whoever started
 * it sees the truth.
 */
export async function untilSignal(log: Log, work: (stop: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  let by: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (by !== null) {
      log.warn({ signal }, "second signal, ending at once");
      dieOf(signal);
      return;
    }
    by = signal;
    log.info({ signal }, "stopping: nothing new is taken");
    stop.abort();
    setTimeout(() => {
      log.warn({ drainMs: DRAIN_MS }, "still busy after the drain time, ending now");
      dieOf(signal);
    }, DRAIN_MS).unref();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  await work(stop.signal);
  if (by !== null) dieOf(by);
}

function dieOf(signal: NodeJS.Signals): void {
  for (const each of SIGNALS) process.removeAllListeners(each);
  process.kill(process.pid, signal);
}
