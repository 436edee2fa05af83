"use client";

import { ChevronRight, TriangleAlert } from "lucide-react";
import { useFormatter, useTranslations } from "use-intl";
import type { Step } from "#core/message/views.ts";
import type { Problem } from "#server/decode/jobs.ts";
import { cx } from "../kit/cx.ts";
import { visibleText } from "../kit/visible-text.ts";

/** The layers that were taken off, outermost first, each with how it was known. `failed`: the one that did not come off. */
export function StepLine({ steps, failed }: { steps: readonly Step[]; failed: number | null }) {
  const t = useTranslations("messages");
  const name = useStepName();
  return (
    <ol aria-label={t("decoded.steps")} className="flex flex-wrap items-center gap-x-1 gap-y-1 text-sm">
      {steps.map((step, at) => (
        <li key={at} className="flex items-center gap-1">
          {at > 0 && <ChevronRight aria-hidden className="size-3.5 text-faint" />}
          <span className={cx("inline-flex h-6 items-center gap-1.5 rounded border px-2", at === failed ? "border-amber/40 bg-amber-soft text-amber" : "bg-surface")}>
            {at === failed && <TriangleAlert aria-hidden className="size-3" />}
            <span className="font-medium">{name(step)}</span>
            <span className={at === failed ? undefined : "text-muted"}>{t(`decoded.how.${step.how}`)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What a layer is called. */
function useStepName(): (step: Step) => string {
  const t = useTranslations("messages");
  return ({ kind, schema }) => {
    if (schema === null) return t(`decoded.kind.${kind}`);
    return t("decoded.bySchema", { format: schema.type === null ? t("decoded.kind.registry") : t(`decoded.type.${schema.type}`), id: String(schema.id) });
  };
}

/** Why a body could not be decoded, or not to its end. */
export function useProblemText(): (problem: Problem, steps: readonly Step[]) => string {
  const t = useTranslations("messages");
  const format = useFormatter();
  const name = useStepName();
  return ({ code, step, at, detail }, steps) => {
    const layer = steps[step];
    const limit = code === "too_large" ? `${format.number(Number(detail) / 1_048_576)} MB` : format.number(Number(detail ?? 0));
    const text = { kind: layer === undefined ? t("decoded.kind.registry") : name(layer), at: at ?? 0, limit, detail: visibleText(detail ?? "", 300) };
    return t(`decoded.problem.${code}`, text);
  };
}
