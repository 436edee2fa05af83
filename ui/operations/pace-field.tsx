"use client";

import { useFormatter, useTranslations } from "use-intl";
import { FormField } from "../kit/form-field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { slot } from "../kit/slot.ts";
import { Input } from "../kit/text-field.tsx";
import { Duration } from "../kit/time.tsx";

/** The value of a pace field that means no limit. */
export const AS_FAST_AS_IT_GOES = "";
const USUAL = "50";
const MAX = 10_000;

/** A typed pace as messages a second; null is no limit. */
export function rateOf(typed: string): { value: number | null; valid: boolean } {
  if (typed === AS_FAST_AS_IT_GOES) return { value: null, valid: true };
  const value = Number(typed);
  const valid = Number.isInteger(value) && value >= 1 && value <= MAX;
  return { value: valid ? value : null, valid };
}

/** How many a second, or as fast as the broker takes them. `count` is how many there are to send. */
export function PaceField({ value, onChange, count }: { value: string; onChange: (typed: string) => void; count: number }) {
  const t = useTranslations("operations");
  const format = useFormatter();
  const limited = value !== AS_FAST_AS_IT_GOES;
  const rate = rateOf(value);
  return (
    <FormField
      label={t("pace")}
      error={rate.valid ? undefined : t("paceInvalid")}
      help={
        rate.value !== null
          ? t.rich("paceTakes", { duration: slot(<Duration ms={Math.ceil(count / (rate.value ?? 1)) * 1_000} />) })
          : t("paceUnlimitedHelp", { count: format.number(count) })
      }
    >
      {(control) => (
        <div className="flex flex-wrap items-center gap-2">
          <Segmented
            label={t("pace")}
            value={limited ? "limited" : "unlimited"}
            onChange={(chosen) => onChange(chosen === "limited" ? USUAL : AS_FAST_AS_IT_GOES)}
            options={[
              { value: "limited", label: t("paceLimited") },
              { value: "unlimited", label: t("paceUnlimited") },
            ]}
          />
          {limited && (
            <span className="flex items-center gap-1.5">
              <Input {...control} inputMode="numeric" value={value} onChange={(event) => onChange(event.target.value.trim() || "0")} className="w-20 text-right" />
              <span className="text-muted">{t("perSecond")}</span>
            </span>
          )}
        </div>
      )}
    </FormField>
  );
}
