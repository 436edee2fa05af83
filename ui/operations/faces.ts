import { Ban, Check, CircleCheckBig, CircleHelp, CirclePause, CirclePlay, CircleX, Clock, type LucideIcon, RotateCcw, Send, SkipForward, Trash2, Undo2 } from "lucide-react";
import type { Act } from "#core/message/state.ts";
import type { Progress } from "#core/operation.ts";
import type { Tone } from "../kit/tone.ts";

export type Outcome = keyof Progress;
type Face = { readonly tone: Tone; readonly icon: LucideIcon };

/** In the order in which they are drawn. */
export const OUTCOMES: readonly Outcome[] = ["confirmed", "done", "refused", "unknown", "skipped", "called_back", "waiting"];

export const OUTCOME_FACES: Record<Outcome, Face> = {
  waiting: { tone: "blue", icon: Clock },
  confirmed: { tone: "teal", icon: Send },
  refused: { tone: "red", icon: CircleX },
  unknown: { tone: "amber", icon: CircleHelp },
  done: { tone: "green", icon: Check },
  skipped: { tone: "grey", icon: SkipForward },
  called_back: { tone: "grey", icon: Undo2 },
};

export type OperationState = "running" | "paused" | "cancelled" | "finished";

export const OPERATION_FACES: Record<OperationState, Face> = {
  running: { tone: "blue", icon: CirclePlay },
  paused: { tone: "amber", icon: CirclePause },
  cancelled: { tone: "grey", icon: Ban },
  finished: { tone: "green", icon: CircleCheckBig },
};

export const ACT_ICONS: Record<Act, LucideIcon> = {
  resend: Send,
  discard: Trash2,
  restore: RotateCcw,
  call_back: Undo2,
  mark_delivered: Check,
  mark_not_delivered: CircleX,
};
