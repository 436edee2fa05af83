"use client";

import { useFormatter, useTranslations } from "use-intl";
import { cx } from "../kit/cx.ts";
import { Num } from "../kit/num.tsx";
import { ProgressBar } from "../kit/progress-bar.tsx";
import { textTone } from "../kit/tone.ts";
import { OUTCOME_FACES, OUTCOMES, type Outcome } from "./faces.ts";
import type { OperationRow } from "./types.ts";

type Props = { operation: Pick<OperationRow, "progress" | "total">; className?: string };

/** What became of an operation's messages, as one bar; what waits is the empty part. */
export function OperationBar({ operation: { progress, total }, className }: Props) {
  const t = useTranslations("operations");
  const format = useFormatter();
  const settled = total - progress.waiting;
  return (
    <ProgressBar
      label={t("progress")}
      total={total}
      valueText={t("settledOf", { settled: format.number(settled), total: format.number(total) })}
      parts={OUTCOMES.filter((outcome) => outcome !== "waiting").map((outcome) => ({
        key: outcome,
        value: progress[outcome],
        tone: OUTCOME_FACES[outcome].tone,
        label: `${t(`outcome.${outcome}`)}: ${format.number(progress[outcome])}`,
      }))}
      {...(className ? { className } : {})}
    />
  );
}

type LegendProps = { progress: OperationRow["progress"]; chosen: Outcome | null; onChoose: (outcome: Outcome | null) => void };

/** Each outcome with its number; a click shows its messages. */
export function OutcomeLegend({ progress, chosen, onChoose }: LegendProps) {
  const t = useTranslations("operations");
  return (
    <div role="group" aria-label={t("byOutcome")} className="flex flex-wrap gap-1">
      {OUTCOMES.filter((outcome) => progress[outcome] > 0 || outcome === chosen).map((outcome) => {
        const { icon: Icon, tone } = OUTCOME_FACES[outcome];
        return (
          <button
            key={outcome}
            type="button"
            aria-pressed={chosen === outcome}
            title={t(`outcomeHelp.${outcome}`)}
            onClick={() => onChoose(chosen === outcome ? null : outcome)}
            className={cx("flex h-7 items-center gap-1.5 rounded border px-2 hover:bg-hover", chosen === outcome ? "border-accent-text bg-accent-soft hover:bg-accent-soft" : "border-line")}
          >
            <Icon aria-hidden className={cx("size-3.5", textTone[tone])} />
            {t(`outcome.${outcome}`)}
            <Num value={progress[outcome]} className="font-semibold" />
          </button>
        );
      })}
    </div>
  );
}
