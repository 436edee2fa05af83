"use client";

import { useFormatter, useTranslations } from "use-intl";
import { useNow } from "./clock.tsx";

type Props = {
  /** ISO 8601, or null where nothing happened yet. */
  iso: string | null;
  /** relative: "6m ago", ticking, the exact one on hover; exact: date and time with ms. */
  look?: "relative" | "exact";
  className?: string;
};

const EXACT = {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
} as const;

/** A moment in the reader's language and time zone. */
export function Time({ iso, look = "relative", className }: Props) {
  const t = useTranslations("kit");
  if (iso === null) {
    return (
      <span className={className}>
        <span aria-hidden>—</span>
        <span className="sr-only">{t("never")}</span>
      </span>
    );
  }
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return <span className={className}>{iso}</span>;
  return look === "exact" ? <Exact ms={ms} className={className} /> : <Relative ms={ms} className={className} />;
}

type MomentProps = { ms: number; className: string | undefined };

function Exact({ ms, className }: MomentProps) {
  const format = useFormatter();
  const iso = new Date(ms).toISOString();
  return (
    <time dateTime={iso} title={iso} className={className}>
      {format.dateTime(ms, { ...EXACT, timeZoneName: "short" })}
    </time>
  );
}

function Relative({ ms, className }: MomentProps) {
  const format = useFormatter();
  const t = useTranslations("kit");
  // Only what is young ticks by the second; a page of old rows draws twice a minute.
  const roughly = useNow(30_000);
  const now = useNow(Math.abs(roughly - ms) < 90_000 ? 1_000 : 30_000);
  const iso = new Date(ms).toISOString();
  const title = `${format.dateTime(ms, { ...EXACT, timeZoneName: "short" })}\n${iso}`;
  // Two machines' clocks are never quite equal: what just happened is not "in 1s".
  const justNow = Math.abs(now - ms) < 2_000;
  return (
    <time dateTime={iso} title={title} className={className}>
      {justNow ? t("justNow") : format.relativeTime(ms, { now, style: "narrow" })}
    </time>
  );
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** A length of time in ms, in its one or two largest units: "4m 12s", "850ms". */
export function Duration({ ms, className }: { ms: number; className?: string }) {
  const format = useFormatter();
  const unit = (value: number, name: "day" | "hour" | "minute" | "second" | "millisecond") =>
    format.number(value, { style: "unit", unit: name, unitDisplay: "narrow", maximumFractionDigits: 0 });
  const first = UNITS.findIndex(([, size]) => ms >= size);
  const parts: string[] = [];
  let rest = ms;
  for (const [name, size] of first < 0 ? [] : UNITS.slice(first, first + 2)) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0) parts.push(unit(whole, name));
  }
  return (
    <span data-numeric className={className}>
      {parts.length > 0 ? parts.join(" ") : unit(ms, "millisecond")}
    </span>
  );
}
