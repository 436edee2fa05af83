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
const HEIGHT = 128;
/** Neither side is drawn smaller than this part of the other. */
const LEAST = 0.3;

/** A round number at or above the largest, so that the scale can be read. */
function roundUp(value: number): number {
  if (value <= 5) return 5;
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * step).find((top) => top >= value) ?? value;
}

/** Deaths above the line, resends and discards below it, on one scale. */
export function FlowChart({ flow, label }: Props) {
  const t = useTranslations("overview");
  const format = useFormatter();
  const most = { in: roundUp(Math.max(...flow.map(({ died }) => died))), out: roundUp(Math.max(...flow.map(({ resent, discarded }) => resent + discarded))) };
  const above = Math.max(most.in, most.out * LEAST);
  const below = Math.max(most.out, most.in * LEAST);
  const zero = (HEIGHT * above) / (above + below);
  // one scale for both sides: what is as high is as much
  const tall = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count * HEIGHT) / (above + below)));
  const width = flow.length * SLOT;
  return (
    <figure className="grid grid-cols-[auto_1fr] gap-x-2 text-xs text-muted">
      <div aria-hidden className="relative h-32 min-w-8 text-right leading-none tabular-nums">
        <span className="absolute top-0 right-0">{format.number(Math.round(above))}</span>
        <span className="absolute right-0 -translate-y-1/2" style={{ top: zero }}>
          0
        </span>
        <span className="absolute right-0 bottom-0">{format.number(Math.round(below))}</span>
      </div>
      <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" className="h-32 w-full">
        {[0.5, zero / 2, HEIGHT - 0.5].map((y) => (
          <line key={y} x1={0} x2={width} y1={y} y2={y} stroke="var(--line)" strokeDasharray="2 3" vectorEffect="non-scaling-stroke" />
        ))}
        {flow.map(({ died, resent, discarded }, at) => (
          <g key={at} className="group/minute">
            <rect x={at * SLOT} y={0} width={SLOT} height={HEIGHT} className="fill-transparent group-hover/minute:fill-hover" />
            <rect x={at * SLOT + 1.5} y={zero - tall(died)} width={SLOT - 3} height={tall(died)} fill="var(--red-solid)" />
            <rect x={at * SLOT + 1.5} y={zero} width={SLOT - 3} height={tall(resent)} fill="var(--teal-solid)" />
            <rect x={at * SLOT + 1.5} y={zero + tall(resent)} width={SLOT - 3} height={tall(discarded)} fill="var(--grey-solid)" />
            <title>{t("minute", { ago: flow.length - 1 - at, died, resent, discarded })}</title>
          </g>
        ))}
        <line x1={0} x2={width} y1={zero} y2={zero} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
      </svg>
      <div aria-hidden className="col-start-2 mt-1 flex justify-between">
        <span>{t("minutesAgo", { minutes: flow.length })}</span>
        <span className="max-sm:hidden">{t("perMinute")}</span>
        <span>{t("now")}</span>
      </div>
    </figure>
  );
}
