"use client";

import { useTranslations } from "use-intl";
import { CheckboxField } from "../../kit/checkbox.tsx";
import { SelectField } from "../../kit/select.tsx";
import { Field, NumberField, Section } from "./fields.tsx";
import type { RouteDraft } from "./route-draft.ts";
import { TargetFields } from "./target-fields.tsx";

type Props = { draft: RouteDraft; onChange: (patch: Partial<RouteDraft>) => void };

/** What protects the destination, and the route itself from too much. */
export function LimitsSection({ draft: { limits, breaker }, onChange }: Props) {
  const t = useTranslations("routes");
  const set = (patch: Partial<RouteDraft["limits"]>) => onChange({ limits: { ...limits, ...patch } });
  const setBreaker = (patch: Partial<RouteDraft["breaker"]>) => onChange({ breaker: { ...breaker, ...patch } });
  return (
    <Section title={t("form.protect")} help={t("form.protectHelp")}>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field path="limits.perSecond" label={t("form.perSecond")} help={t("form.perSecondHelp")} inputMode="numeric" value={limits.perSecond} onChange={(perSecond) => set({ perSecond })} />
        <NumberField path="limits.inFlight" label={t("form.inFlight")} help={t("form.inFlightHelp")} value={limits.inFlight} onChange={(inFlight) => set({ inFlight })} />
        <NumberField path="limits.waiting" label={t("form.waiting")} help={t("form.waitingHelp")} value={limits.waiting} onChange={(waiting) => set({ waiting })} />
        <SelectField label={t("form.whenFull")} value={limits.whenFull} onChange={(whenFull) => set({ whenFull })} options={(["pause", "dead"] as const).map((value) => ({ value, label: t(`whenFull.${value}`) }))} />
      </div>
      <CheckboxField checked={breaker.on} onCheckedChange={(on) => setBreaker({ on })} label={t("form.breaker")} help={t("form.breakerHelp")} />
      {breaker.on && (
        <div className="grid items-start gap-3 sm:grid-cols-3">
          <NumberField path="breaker.failureShare" label={t("form.breakerShare")} unit="%" value={breaker.share} onChange={(share) => setBreaker({ share })} />
          <NumberField path="breaker.of" label={t("form.breakerOf")} unit={t("form.triesUnit")} value={breaker.of} onChange={(of) => setBreaker({ of })} />
          <NumberField path="breaker.openSeconds" label={t("form.breakerOpen")} unit={t("form.seconds")} help={t("form.breakerOpenHelp")} value={breaker.open} onChange={(open) => setBreaker({ open })} />
        </div>
      )}
    </Section>
  );
}

/** What happens where it is not plain: no verdict, delivered bodies, dead letters. */
export function EndsSection({ draft, onChange }: Props) {
  const t = useTranslations("routes");
  const { deadLetter } = draft;
  return (
    <Section title={t("form.ends")}>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <SelectField label={t("form.whenUnknown")} help={t("form.whenUnknownHelp")} value={draft.whenUnknown} onChange={(whenUnknown) => onChange({ whenUnknown })} options={(["retry", "dead"] as const).map((value) => ({ value, label: t(`whenUnknown.${value}`) }))} />
        <SelectField label={t("form.keepBody")} value={draft.keepBody} onChange={(keepBody) => onChange({ keepBody })} options={(["always", "until_delivered"] as const).map((value) => ({ value, label: t(`keepBody.${value}`) }))} />
      </div>
      <CheckboxField checked={deadLetter.on} onCheckedChange={(on) => onChange({ deadLetter: { ...deadLetter, on } })} label={t("form.deadLetter")} help={t("form.deadLetterHelp")} />
      {deadLetter.on && <TargetFields path="deadLetterTo" place={deadLetter} onChange={(place) => onChange({ deadLetter: { ...place, on: true } })} />}
    </Section>
  );
}
