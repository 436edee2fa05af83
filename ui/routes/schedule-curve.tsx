"use client";

import { useTranslations } from "use-intl";
import type { ScheduleRow } from "#core/route/backoff.ts";
import { slot } from "../kit/slot.ts";
import { Duration } from "../kit/time.tsx";

const WIDTH = 360;
const HEIGHT = 150;
/** What is shorter than this is drawn at the foot: a logarithm has no zero. */
const LEAST_MS = 10;

/** The wait before each try, from least to most as a band and on average as a line, on a logarithmic scale. */
export function ScheduleCurve({ rows }: { rows: readonly ScheduleRow[] }) {
  const t = useTranslations("routes");
  const waits = rows.slice(1);
  const longest = Math.max(LEAST_MS * 10, ...waits.map(({ max }) => max));
  const shortest = Math.max(LEAST_MS, Math.min(...waits.map(({ min, mean }) => (min > 0 ? min : mean / 10))));
  const [low, high] = [Math.log10(Math.min(shortest, longest / 10)), Math.log10(longest)];
  const y = (ms: number) => HEIGHT - ((Math.log10(Math.max(10 ** low, ms)) - low) / (high - low)) * HEIGHT;
  const x = (at: number) => (waits.length === 1 ? WIDTH / 2 : (at / (waits.length - 1)) * WIDTH);
  const line = (of: (row: ScheduleRow) => number) => waits.map((row, at) => `${x(at).toFixed(1)},${y(of(row)).toFixed(1)}`);
  const band = [...line(({ max }) => max), ...line(({ min }) => min).toReversed()].join(" ");
  const mean = line((row) => row.mean);
  return (
    <figure className="grid min-w-0 grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-xs text-muted">
      <div aria-hidden className="relative min-w-12 text-right leading-none tabular-nums">
        <span className="absolute top-0 right-0">
          <Duration ms={Math.round(longest)} />
        </span>
        <span className="absolute right-0 bottom-0">
          <Duration ms={Math.round(10 ** low)} />
        </span>
      </div>
      <svg role="img" aria-label={t("schedule.curveLabel", { tries: rows.length })} viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`} preserveAspectRatio="none" className="h-40 w-full">
        {[0, 0.5, 1].map((part) => (
          <line key={part} x1={0} x2={WIDTH} y1={part * HEIGHT} y2={part * HEIGHT} stroke="var(--line)" strokeDasharray={part === 1 ? undefined : "2 3"} vectorEffect="non-scaling-stroke" />
        ))}
        <polygon points={band} fill="var(--violet-solid)" fillOpacity={0.16} />
        <polyline points={mean.join(" ")} fill="none" stroke="var(--violet)" strokeWidth={1.75} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
        {waits.map((row, at) => (
          <line key={row.attempt} x1={x(at)} x2={x(at)} y1={y(row.min)} y2={y(row.max)} stroke="var(--violet)" strokeOpacity={0.45} vectorEffect="non-scaling-stroke" />
        ))}
      </svg>
      <div aria-hidden className="col-start-2 mt-1 flex justify-between tabular-nums">
        <span>
          {t("schedule.axisTry")} {waits[0]?.attempt}
        </span>
        <span>
          {t("schedule.axisTry")} {waits.at(-1)?.attempt}
        </span>
      </div>
      <figcaption className="col-start-2 mt-1">
        {t.rich("schedule.curve", { min: slot(<Duration ms={Math.round(10 ** low)} />), max: slot(<Duration ms={Math.round(longest)} />) })}
      </figcaption>
    </figure>
  );
}
