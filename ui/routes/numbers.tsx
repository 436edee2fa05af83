"use client";

import { useFormatter, useTranslations } from "use-intl";
import type { CappedCount } from "#core/capped-count.ts";
import { cx } from "../kit/cx.ts";
import { Num } from "../kit/num.tsx";
import { Duration } from "../kit/time.tsx";
import { textTone, type Tone } from "../kit/tone.ts";
import type { RouteHour } from "./types.ts";

/** A count that may have stopped early; pale where there is none, coloured where there is. */
export function Capped({ value, tone, className }: { value: CappedCount; tone?: Tone; className?: string }) {
  return <Num value={value.count} kind={value.capped ? "at_least" : "exact"} className={cx(value.count === 0 ? "text-faint" : tone && textTone[tone], className)} />;
}

/** A quantile of durations: it is known to within its bucket only, and says so. */
export function Quantile({ quantile, share, className }: { quantile: RouteHour["p50"]; share: number; className?: string }) {
  const t = useTranslations("routes");
  const format = useFormatter();
  if (quantile === null) return <Num value={null} {...(className ? { className } : {})} />;
  const help = quantile.kind === "upper_bound" ? t("quantile.upper_bound", { share: format.number(share, { style: "percent" }) }) : t("quantile.at_least");
  return (
    <span data-numeric title={help} className={className}>
      {quantile.kind === "upper_bound" ? "≤" : "≥"}
      <Duration ms={quantile.ms} />
    </span>
  );
}

/** Tries that the destination took, of all tries of the last hour. */
export function SuccessRate({ hour, className }: { hour: RouteHour["hour"]; className?: string }) {
  const t = useTranslations("routes");
  const format = useFormatter();
  const all = hour.delivered + hour.failed;
  if (all === 0)
    return (
      <span title={t("noTries")} className={cx("text-faint", className)}>
        <span aria-hidden>—</span>
        <span className="sr-only">{t("noTries")}</span>
      </span>
    );
  const share = hour.delivered / all;
  // 100 % is only said when nothing failed
  const shown = share < 1 ? Math.min(share, 0.999) : 1;
  const tone: Tone | null = share >= 0.99 ? null : share >= 0.9 ? "amber" : "red";
  return (
    <span data-numeric title={t("successHelp", { good: hour.delivered, all })} className={cx(tone && textTone[tone], className)}>
      {format.number(shown, { style: "percent", maximumFractionDigits: share > 0.9 ? 1 : 0 })}
    </span>
  );
}
