"use client";

import { useTranslations } from "use-intl";
import { JITTERS, retryPolicy, type RetryPolicy } from "#core/route/backoff.ts";
import { SelectField } from "../../kit/select.tsx";
import { Panel } from "../../kit/page.tsx";
import { RetrySchedule } from "../retry-schedule.tsx";
import { Field, NumberField, Section } from "./fields.tsx";
import type { RouteDraft } from "./route-draft.ts";

type Props = { draft: RouteDraft; onChange: (patch: Partial<RouteDraft>) => void };

/** How often and after what waits a message is tried again. */
export function RetrySection({ draft: { retry }, onChange }: Props) {
  const t = useTranslations("routes");
  const set = (patch: Partial<RouteDraft["retry"]>) => onChange({ retry: { ...retry, ...patch } });
  return (
    <Section title={t("form.retry")} help={t("form.retryHelp")}>
      <div className="grid items-start gap-3 sm:grid-cols-3">
        <NumberField path="retry.maxAttempts" label={t("form.maxAttempts")} help={t("form.maxAttemptsHelp")} value={retry.maxAttempts} onChange={(maxAttempts) => set({ maxAttempts })} />
        <NumberField path="retry.baseMs" label={t("form.base")} unit={t("form.seconds")} help={t("form.baseHelp")} value={retry.base} onChange={(base) => set({ base })} />
        <NumberField path="retry.factor" label={t("form.factor")} help={t("form.factorHelp")} value={retry.factor} onChange={(factor) => set({ factor })} />
        <NumberField path="retry.capMs" label={t("form.cap")} unit={t("form.seconds")} help={t("form.capHelp")} value={retry.cap} onChange={(cap) => set({ cap })} />
        <SelectField label={t("form.jitter")} help={t(`form.jitterHelp.${retry.jitter}`)} value={retry.jitter} onChange={(jitter) => set({ jitter })} options={JITTERS.map((value) => ({ value, label: t(`form.jitterOf.${value}`) }))} />
        <Field path="retry.maxAgeSeconds" label={t("form.maxAge")} unit={t("form.seconds")} help={t("form.maxAgeHelp")} inputMode="numeric" value={retry.maxAge} onChange={(maxAge) => set({ maxAge })} />
      </div>
    </Section>
  );
}

/** The policy that was typed; null while it is none. */
function policyOf({ retry }: RouteDraft): RetryPolicy | null {
  const read = retryPolicy.safeParse({
    maxAttempts: Number(retry.maxAttempts),
    maxAgeSeconds: retry.maxAge.trim() === "" ? null : Number(retry.maxAge),
    baseMs: Math.round(Number(retry.base) * 1_000),
    factor: Number(retry.factor),
    capMs: Math.round(Number(retry.cap) * 1_000),
    jitter: retry.jitter,
  });
  return read.success ? read.data : null;
}

/** The schedule of what is typed, before it is saved. */
export function SchedulePanel({ draft }: { draft: RouteDraft }) {
  const t = useTranslations("routes");
  const policy = policyOf(draft);
  return (
    <Panel title={t("tab.schedule")}>
      {policy === null ? <p className="text-muted">{t("form.noSchedule")}</p> : <RetrySchedule policy={policy} narrow />}
    </Panel>
  );
}
