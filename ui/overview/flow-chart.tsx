"use client";

import { useFormatter, useTranslations } from "use-intl";

export type FlowMinute = { readonly died: number; readonly resent: number; readonly discarded: number };

type Props = {
  /** A minute each, oldest first. */
  flow: readonly FlowMinute[];
  /** What the chart says, in words. */
  label: string;
};

const SLOT = 10;
const HALF = 64;

/** A round number at or above the largest, so that the scale can be read. */
function roundUp(value: number): number {
  if (value <= 5) return 5;
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * step).find((top) => top >= value) ?? value;
}

/** Deaths above the line, resends and discards below it, on one scale. */
export function FlowChart({ flow, label }: Props) {
  const t = useTranslations("overview");
  const format = useFormatter();
  const top = roundUp(Math.max(...flow.map((minute) => Math.max(minute.died, minute.resent + minute.discarded))));
  const tall = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / top) * HALF));
  const width = flow.length * SLOT;
  return (
    <figure className="grid grid-cols-[auto_1fr] gap-x-2 text-xs text-muted">
      <div aria-hidden className="flex h-32 flex-col justify-between text-right leading-none tabular-nums">
        <span>{format.number(top)}</span>
        <span>0</span>
        <span>{format.number(top)}</span>
      </div>
      <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${HALF * 2}`} preserveAspectRatio="none" className="h-32 w-full">
        {[0.5, HALF / 2, HALF * 1.5, HALF * 2 - 0.5].map((y) => (
          <line key={y} x1={0} x2={width} y1={y} y2={y} stroke="var(--line)" strokeDasharray="2 3" vectorEffect="non-scaling-stroke" />
        ))}
        {flow.map(({ died, resent, discarded }, at) => (
          <g key={at} className="group/minute">
            <rect x={at * SLOT} y={0} width={SLOT} height={HALF * 2} className="fill-transparent group-hover/minute:fill-hover" />
            <rect x={at * SLOT + 1.5} y={HALF - tall(died)} width={SLOT - 3} height={tall(died)} fill="var(--red-solid)" />
            <rect x={at * SLOT + 1.5} y={HALF} width={SLOT - 3} height={tall(resent)} fill="var(--teal-solid)" />
            <rect x={at * SLOT + 1.5} y={HALF + tall(resent)} width={SLOT - 3} height={tall(discarded)} fill="var(--grey-solid)" />
            <title>{t("minute", { ago: flow.length - 1 - at, died, resent, discarded })}</title>
          </g>
        ))}
        <line x1={0} x2={width} y1={HALF} y2={HALF} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
      </svg>
      <div aria-hidden className="col-start-2 mt-1 flex justify-between">
        <span>{t("minutesAgo", { minutes: flow.length })}</span>
        <span>{t("perMinute")}</span>
        <span>{t("now")}</span>
      </div>
    </figure>
  );
}
