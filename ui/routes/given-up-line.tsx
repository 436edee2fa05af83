"use client";

import { Ban } from "lucide-react";
import { useTranslations } from "use-intl";
import { Time } from "../kit/time.tsx";
import { visibleText } from "../kit/visible-text.ts";
import type { DeliveryRow } from "./types.ts";

type Props = { delivery: Pick<DeliveryRow, "givenUpBy" | "givenUpReason" | "changedAt"> };

/** Who gave a delivery up, and why; nothing where nobody did. */
export function GivenUpLine({ delivery: { givenUpBy, givenUpReason, changedAt } }: Props) {
  const t = useTranslations("routes");
  if (givenUpBy === null) return null;
  return (
    <div className="flex items-start gap-3 rounded border px-3 py-1.5">
      <Ban aria-hidden className="mt-0.75 size-3.5 shrink-0 text-red" />
      <p className="min-w-0 flex-1 break-words">
        <span className="font-medium">{t("delivery.givenUp", { name: visibleText(givenUpBy, 60) })}</span>
        {givenUpReason !== null && <span className="block text-sm whitespace-pre-wrap text-muted">“{visibleText(givenUpReason, 500)}”</span>}
      </p>
      <Time iso={changedAt} className="text-sm text-muted" />
    </div>
  );
}
