"use client";

import { useTranslations } from "use-intl";
import { SelectField } from "../kit/select.tsx";

const CHOICES = [30, 60, 300, 900, 3_600, 21_600, 86_400];

/** Words for a length of time in seconds: "5 minutes". */
export function useSpanWords(): (seconds: number) => string {
  const t = useTranslations("queues");
  return (seconds) => {
    if (seconds % 3_600 === 0) return t("hours", { count: seconds / 3_600 });
    if (seconds % 60 === 0) return t("minutes", { count: seconds / 60 });
    return t("seconds", { count: seconds });
  };
}

type Props = { value: number; onChange: (seconds: number) => void };

/** How long a resent message is watched; a stored value that is none of the choices stays one. */
export function WatchField({ value, onChange }: Props) {
  const t = useTranslations("queues");
  const words = useSpanWords();
  const choices = CHOICES.includes(value) ? CHOICES : [...CHOICES, value].toSorted((a, b) => a - b);
  return (
    <SelectField
      label={t("watch")}
      help={t("watchHelp")}
      value={String(value)}
      onChange={(seconds) => onChange(Number(seconds))}
      options={choices.map((seconds) => ({ value: String(seconds), label: words(seconds) }))}
    />
  );
}
