import { CircleAlert, CircleCheck, CircleHelp, CirclePause, CirclePlay, CircleX, Hand, type LucideIcon, SendHorizontal, ShieldAlert, Unplug, Warehouse } from "lucide-react";
import type { BreakerState } from "#core/route/breaker.ts";
import type { Tone } from "../kit/tone.ts";
import type { DeliveryAttempt, RouteRow } from "./types.ts";

type Face = { readonly tone: Tone; readonly icon: LucideIcon };

/** How a route stands, the worst first: what a person would have to look at hides what is merely so. */
export type RouteStanding = "running" | "paused" | "unreadable" | "undeliverable" | NonNullable<RouteRow["heldBy"]>;

export const ROUTE_FACES: Record<RouteStanding, Face> = {
  running: { tone: "green", icon: CirclePlay },
  paused: { tone: "amber", icon: CirclePause },
  unreadable: { tone: "red", icon: CircleAlert },
  undeliverable: { tone: "red", icon: CircleAlert },
  breaker: { tone: "amber", icon: Unplug },
  full: { tone: "amber", icon: Warehouse },
  guard: { tone: "red", icon: ShieldAlert },
};

/** How a route stands by what its row says. */
export function standingOf(route: Pick<RouteRow, "state" | "heldBy" | "faultCode" | "sourceFaultCode">): RouteStanding {
  if (route.state === "paused") return "paused";
  if (route.heldBy !== null) return route.heldBy;
  if (route.sourceFaultCode !== null) return "unreadable";
  return route.faultCode === null ? "running" : "undeliverable";
}

export const BREAKER_FACES: Record<BreakerState, Face> = {
  closed: { tone: "green", icon: CircleCheck },
  open: { tone: "red", icon: Unplug },
  half_open: { tone: "amber", icon: Hand },
};

/** An outcome, or that there is none yet. */
export type AttemptOutcome = NonNullable<DeliveryAttempt["outcome"]> | "open";

export const ATTEMPT_FACES: Record<AttemptOutcome, Face> = {
  open: { tone: "blue", icon: SendHorizontal },
  confirmed: { tone: "green", icon: CircleCheck },
  refused: { tone: "red", icon: CircleX },
  unknown: { tone: "amber", icon: CircleHelp },
};
