"use client";

import { LiveIndicator } from "../kit/live-indicator.tsx";
import { useLive } from "./use-live.tsx";

/** The live stream's state, for the top bar. */
export const LiveSign = () => <LiveIndicator {...useLive()} />;
