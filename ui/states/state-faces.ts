import {
  CircleCheckBig,
  CircleHelp,
  CircleX,
  Clock,
  type LucideIcon,
  RotateCw,
  Send,
  SendHorizontal,
  Trash2,
} from "lucide-react";
import type { MessageState } from "#core/message/state.ts";
import type { DeliveryState } from "#core/route/state.ts";
import type { Tone } from "../kit/tone.ts";

export type Face = { readonly tone: Tone; readonly icon: LucideIcon };

/** The one colour and icon each state has on every screen; its words are in messages/<language>/states.json. */
export const STATE_FACES: Record<MessageState | DeliveryState, Face> = {
  dead: { tone: "red", icon: CircleX },
  in_doubt: { tone: "amber", icon: CircleHelp },
  queued: { tone: "blue", icon: Clock },
  sending: { tone: "blue", icon: SendHorizontal },
  resent: { tone: "teal", icon: Send },
  resolved: { tone: "green", icon: CircleCheckBig },
  pending: { tone: "blue", icon: Clock },
  delivering: { tone: "blue", icon: SendHorizontal },
  retrying: { tone: "violet", icon: RotateCw },
  succeeded: { tone: "green", icon: CircleCheckBig },
  discarded: { tone: "grey", icon: Trash2 },
};
