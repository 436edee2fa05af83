"use client";

import { LiveIndicator } from "../kit/live-indicator.tsx";
import { useLive } from "../trpc/use-live.tsx";

/** The live stream's state, in the top bar. */
export function LiveSign() {
  return <LiveIndicator {...useLive()} />;
}
