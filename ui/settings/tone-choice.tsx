"use client";

import { Check } from "lucide-react";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { ENVIRONMENT_TONES, type EnvironmentTone } from "#core/environment.ts";
import { cx } from "../kit/cx.ts";
import { solidTone } from "../kit/tone.ts";

type Props = { readonly value: EnvironmentTone; readonly onChange: (tone: EnvironmentTone) => void };

/** One colour of a few. Real radio buttons below, so that arrows and screen readers work as everywhere. */
export function ToneChoice({ value, onChange }: Props) {
  const t = useTranslations("settings.environment");
  const name = useId();
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 font-medium">{t("colour")}</legend>
      <div className="flex flex-wrap gap-2">
        {ENVIRONMENT_TONES.map((tone) => (
          <label
            key={tone}
            title={t(`tones.${tone}`)}
            className={cx(
              "grid size-7 cursor-pointer place-items-center rounded has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-text",
              solidTone[tone],
            )}
          >
            <input type="radio" name={name} value={tone} checked={tone === value} onChange={() => onChange(tone)} className="sr-only" />
            <span className="sr-only">{t(`tones.${tone}`)}</span>
            {tone === value && <Check aria-hidden className="size-4" />}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
