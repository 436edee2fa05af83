"use client";

import { useFormatter, useTranslations } from "use-intl";
import { cx } from "./cx.ts";

export type NumberKind = "exact" | "upper_bound" | "estimate" | "at_least" | "unknown";

type Props = {
  /** null is unknown, and never shown as zero. */
  value: number | null;
  /** How far it may be trusted. */
  kind?: NumberKind;
  /** 12.4K instead of 12,400; the exact one on hover. */
  compact?: boolean;
  className?: string;
};

const marks = { exact: ["", ""], upper_bound: ["≤ ", ""], estimate: ["~ ", ""], at_least: ["", "+"] } as const;

/** A count in the reader's language, marked when it is not exact. */
export function Num({ value, kind = "exact", compact = false, className }: Props) {
  const t = useTranslations("kit");
  const format = useFormatter();
  if (value === null || kind === "unknown") {
    return (
      <span title={t("unknownNumber")} className={cx("text-faint", className)}>
        <span aria-hidden>—</span>
        <span className="sr-only">{t("unknownNumber")}</span>
      </span>
    );
  }
  const exact = format.number(value);
  const shown = compact ? format.number(value, { notation: "compact", maximumFractionDigits: 1 }) : exact;
  const [before, after] = marks[kind];
  const title = kind === "exact" ? (compact ? exact : undefined) : t(`numberKind.${kind}`, { value: exact });
  return (
    <span data-numeric title={title} className={cx("tabular-nums", className)}>
      {before}
      {shown}
      {after}
    </span>
  );
}

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** A size in bytes, in decimal units (1 kB is 1,000 bytes); the exact one on hover. */
export function Bytes({ value, className }: { value: number | null; className?: string }) {
  const t = useTranslations("kit");
  const format = useFormatter();
  if (value === null) return <Num value={null} {...(className ? { className } : {})} />;
  const step = value < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const shown = format.number(value / 1000 ** step, {
    style: "unit",
    unit: BYTE_UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 ? 0 : 1,
  });
  return (
    <span data-numeric title={t("bytes", { count: value })} className={cx("tabular-nums", className)}>
      {shown}
    </span>
  );
}
