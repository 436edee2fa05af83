"use client";

import { useTranslations } from "use-intl";
import type { MessageState } from "#core/message/state.ts";
import type { DeliveryState } from "#core/route/state.ts";
import { Badge } from "../kit/badge.tsx";
import { STATE_FACES } from "./state-faces.ts";

type Props = {
  state: MessageState | DeliveryState;
  /** bare: without the tinted ground, for dense tables. */
  look?: "soft" | "bare";
  /** What the state means, on hover. */
  explain?: boolean;
};

/** A message's or delivery's state: always icon, word and its own colour. */
export function StateBadge({ state, look = "soft", explain = true }: Props) {
  const t = useTranslations("states");
  const { tone, icon } = STATE_FACES[state];
  return (
    <span title={explain ? t(`meaning.${state}`) : undefined} className="inline-flex max-w-full align-middle">
      <Badge tone={tone} icon={icon} look={look}>
        {t(`name.${state}`)}
      </Badge>
    </span>
  );
}
