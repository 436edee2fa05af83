"use client";

import { Copy } from "lucide-react";
import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import { StateBadge } from "../states/state-badge.tsx";
import type { DeliveryRow } from "./types.ts";

/** How a delivery stands; a duplicate is done and was not delivered, and must not look as if it was. */
export function DeliveryStateBadge({ delivery: { state, duplicateOf }, look = "soft" }: { delivery: Pick<DeliveryRow, "state" | "duplicateOf">; look?: "soft" | "bare" }) {
  const t = useTranslations("routes");
  if (duplicateOf === null) return <StateBadge state={state} look={look} />;
  return (
    <span title={t("next.duplicate")} className="inline-flex max-w-full align-middle">
      <Badge tone="grey" icon={Copy} look={look}>
        {t("duplicate")}
      </Badge>
    </span>
  );
}
