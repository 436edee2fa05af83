"use client";

import { createContext, type ReactNode, use, useSyncExternalStore } from "react";

const StartedAt = createContext(0);
const TICK_MS = 1_000;

let now = 0;
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    if (document.hidden) return;
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** `startedAt`: ms on the server's clock when it drew the page; hydration repeats that moment, so nothing differs. */
export function ClockProvider({ startedAt, children }: { startedAt: number; children: ReactNode }) {
  return <StartedAt value={startedAt}>{children}</StartedAt>;
}

/**
 * Now in ms, rounded down to `step` ms: the component draws again only when the rounded value changes. All clocks of
 * a page share one timer, which rests while the tab is hidden.
 */
export function useNow(step = TICK_MS): number {
  const startedAt = use(StartedAt);
  const round = (ms: number) => Math.floor(ms / step) * step;
  return useSyncExternalStore(
    subscribe,
    () => round(now === 0 ? Date.now() : now),
    () => round(startedAt),
  );
}
