"use client";

import { TriangleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { isStale } from "#core/freshness.ts";
import { useNow } from "../kit/clock.tsx";
import { Time } from "../kit/time.tsx";

type Props = {
  /** When it was measured, ISO 8601; null: never. */
  iso: string | null;
  /** Older than this many ms is marked. */
  limitMs: number;
  /** Says "not measured" where it never was. */
  words?: boolean;
};

/** How old a number is; too old ones are marked, so that nobody takes them for now. */
export function Age({ iso, limitMs, words = false }: Props) {
  const t = useTranslations("brokers");
  const now = useNow(5_000);
  if (iso === null && words) return <span className="text-faint">{t("notMeasured")}</span>;
  const stale = isStale(iso === null ? null : Date.parse(iso), now, limitMs);
  if (!stale) return <Time iso={iso} className="text-muted" />;
  return (
    <span className="inline-flex items-center gap-1 align-bottom text-amber" title={t("staleHelp")}>
      <TriangleAlert aria-hidden className="size-3 shrink-0" />
      <Time iso={iso} />
      <span className="sr-only">{t("stale")}</span>
    </span>
  );
}
