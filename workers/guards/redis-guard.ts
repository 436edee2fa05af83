import { Fault } from "#core/fault.ts";
import type { GuardStore } from "#core/route/guard.ts";
import type { Guard } from "./guard.ts";

/** How long a store that could not be reached is left alone: its fault is told at once meanwhile. */
const REST_MS = 1_000;

type Opened = GuardStore & { readonly lost: Promise<never>; close(): void };

/** A guard in a Redis that may come and go: connected at the first claim, and anew after a loss. `open` throws Fault. */
export function redisGuard(open: () => Promise<Opened>): Guard {
  let current: Promise<Opened> | null = null;
  let rest: { readonly until: number; readonly fault: unknown } | null = null;

  const store = (): Promise<Opened> => {
    if (current !== null) return current;
    if (rest !== null && Date.now() < rest.until) return Promise.reject(rest.fault);
    const opening = open();
    current = opening;
    const forget = (fault: unknown): void => {
      if (current !== opening) return;
      current = null;
      rest = { until: Date.now() + REST_MS, fault };
    };
    opening.then(({ lost }) => lost.catch(forget), forget);
    return opening;
  };
  const told = async <T>(ask: (opened: Opened) => Promise<T>): Promise<T> => {
    try {
      return await ask(await store());
    } catch (error) {
      throw error instanceof Fault ? error : new Fault("internal", error instanceof Error ? error.message : "the guard's Redis failed");
    }
  };
  return {
    inTransaction: false,
    claim: (entries, leaseMs) => told((opened) => opened.claim(entries, leaseMs)),
    complete: async (_, entries, ttlSeconds) => (entries.length === 0 ? undefined : told((opened) => opened.complete(entries, ttlSeconds))),
    release: async (_, entries) => (entries.length === 0 ? undefined : told((opened) => opened.release(entries))),
    close: async () => {
      const closing = current;
      current = null;
      await closing?.then(({ close }) => close()).catch(() => undefined);
    },
  };
}
