import { Fault } from "../fault.ts";

/** What `promise` gives, unless `signal` aborts first: then Fault `timeout` with `detail`. The promise goes on alone. */
export async function before<T>(promise: Promise<T>, signal: AbortSignal, detail: string): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new Fault("timeout", detail));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
    // Whichever lost the race may still reject.
    promise.catch(() => {});
  }
}
