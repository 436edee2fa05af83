"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useState } from "react";
import { LIVE_TOPICS } from "#core/live.ts";
import type { LiveState } from "../kit/live-indicator.tsx";
import { signedOut, useTRPCClient } from "./client.tsx";
import { isTouched, type LivePace } from "./live-topics.ts";
import { refresher } from "./refresher.ts";

const FAST_MS = 100;
const SLOW_MS = 2_000;
/** Without a connection for this long, what is seen counts as old. */
const STALE_MS = 15_000;

export type Live = {
  readonly state: LiveState;
  /** ms on this machine's clock when the last event came; null before the first. */
  readonly lastEventAt: number | null;
};

const Current = createContext<Live>({ state: "reconnecting", lastEventAt: null });

/** The state of the live stream, for the indicator in the top bar. */
export const useLive = (): Live => use(Current);

/** The one stream of this tab: what changed is read again. It rests while the tab is hidden. Below ApiProvider, once. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  return <Current value={useStream()}>{children}</Current>;
}

function useStream(): Live {
  const api = useTRPCClient();
  const queries = useQueryClient();
  const [live, setLive] = useState<Live>({ state: "reconnecting", lastEventAt: null });
  useEffect(() => {
    const pacer = (pace: LivePace, ms: number) =>
      refresher(
        // what is under way is not cut off: under steady news it would never end
        (topics) => queries.invalidateQueries({ predicate: (query) => isTouched(query, topics, pace) }, { cancelRefetch: false }),
        ms,
      );
    const [fast, slow] = [pacer("fast", FAST_MS), pacer("slow", SLOW_MS)];
    let staleTimer: ReturnType<typeof setTimeout> | undefined;
    const connected = (isConnected: boolean) => {
      clearTimeout(staleTimer);
      setLive(({ state, lastEventAt }) => ({ state: isConnected ? "live" : state === "stale" ? state : "reconnecting", lastEventAt }));
      if (!isConnected) staleTimer = setTimeout(() => setLive((before) => ({ ...before, state: "stale" })), STALE_MS);
    };
    const open = () =>
      api.live.changes.subscribe(undefined, {
        // the first event after every (re)connection names all topics, so nothing that happened in between is missed
        onData: ({ data: { topics } }) => {
          connected(true);
          setLive({ state: "live", lastEventAt: Date.now() });
          const known = LIVE_TOPICS.filter((topic) => topics.includes(topic));
          fast.add(known);
          // later than what is fast: asked together, one request would answer both, and as late as the slowest
          setTimeout(() => slow.add(known), FAST_MS);
        },
        onConnectionStateChange: ({ state }) => connected(state === "pending"),
        onError: ({ data }) => {
          connected(false);
          if (data?.httpStatus === 401) signedOut();
        },
      });
    let stream: { unsubscribe(): void } | null = null;
    const follow = () => {
      if (document.hidden) {
        stream?.unsubscribe();
        stream = null;
        clearTimeout(staleTimer);
      } else if (stream === null) {
        connected(false);
        stream = open();
      }
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      clearTimeout(staleTimer);
      stream?.unsubscribe();
      fast.stop();
      slow.stop();
    };
  }, [api, queries]);
  return live;
}
