"use client";

import { CircleCheck, CircleDashed, CircleX, type LucideIcon } from "lucide-react";
import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import type { Tone } from "../kit/tone.ts";

type State = "up" | "down" | "unknown";

const FACES: Record<State, { tone: Tone; icon: LucideIcon }> = {
  up: { tone: "green", icon: CircleCheck },
  down: { tone: "red", icon: CircleX },
  unknown: { tone: "grey", icon: CircleDashed },
};

/** Whether the workers reach a broker: icon, word and colour. */
export function ConnectionState({ state, look = "soft" }: { state: State; look?: "soft" | "bare" }) {
  const t = useTranslations("brokers");
  return (
    <span title={t(`stateHelp.${state}`)} className="inline-flex">
      <Badge tone={FACES[state].tone} icon={FACES[state].icon} look={look}>
        {t(`state.${state}`)}
      </Badge>
    </span>
  );
}
