"use client";

import { useFormatter } from "use-intl";
import type { Tone } from "./tone.ts";

/** Counts of one kind by slot of time, oldest first. */
type FlowSeries = { readonly key: string; readonly tone: Tone; readonly values: readonly number[] };

type Props = {
  /** Stacked upwards and downwards from the line, on one scale. */
  above: readonly FlowSeries[];
  below: readonly FlowSeries[];
  /** What the chart says, in words. */
  label: string;
  /** What one slot says, on hover. */
  titleOf: (slot: number) => string;
  /** Below the axis: its beginning, its unit, its end. */
  captions: readonly [string, string, string];
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

const sumAt = (series: readonly FlowSeries[], slot: number): number => series.reduce((sum, { values }) => sum + (values[slot] ?? 0), 0);

/** Counts that come above a line and counts that go below it, slot by slot, on one scale: what is as high is as much. */
export function FlowChart({ above, below, label, titleOf, captions }: Props) {
  const format = useFormatter();
  const slots = Array.from({ length: Math.max(0, ...[...above, ...below].map(({ values }) => values.length)) }, (_, slot) => slot);
  const most = { up: roundUp(Math.max(0, ...slots.map((slot) => sumAt(above, slot)))), down: roundUp(Math.max(0, ...slots.map((slot) => sumAt(below, slot)))) };
  const up = Math.max(most.up, most.down * LEAST);
  const down = Math.max(most.down, most.up * LEAST);
  const zero = (HEIGHT * up) / (up + down);
  const tall = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count * HEIGHT) / (up + down)));
  const width = slots.length * SLOT;
  return (
    <figure className="grid grid-cols-[auto_1fr] gap-x-2 text-xs text-muted">
      <div aria-hidden className="relative h-32 min-w-8 text-right leading-none tabular-nums">
        <span className="absolute top-0 right-0">{format.number(Math.round(up))}</span>
        <span className="absolute right-0 -translate-y-1/2" style={{ top: zero }}>
          0
        </span>
        <span className="absolute right-0 bottom-0">{format.number(Math.round(down))}</span>
      </div>
      <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" className="h-32 w-full">
        {[0.5, zero / 2, HEIGHT - 0.5].map((y) => (
          <line key={y} x1={0} x2={width} y1={y} y2={y} stroke="var(--line)" strokeDasharray="2 3" vectorEffect="non-scaling-stroke" />
        ))}
        {slots.map((slot) => (
          <g key={slot} className="group/slot">
            <rect x={slot * SLOT} y={0} width={SLOT} height={HEIGHT} className="fill-transparent group-hover/slot:fill-hover" />
            <Stack series={above} slot={slot} tall={tall} from={zero} upwards />
            <Stack series={below} slot={slot} tall={tall} from={zero} />
            <title>{titleOf(slot)}</title>
          </g>
        ))}
        <line x1={0} x2={width} y1={zero} y2={zero} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
      </svg>
      <div aria-hidden className="col-start-2 mt-1 flex justify-between">
        <span>{captions[0]}</span>
        <span className="max-sm:hidden">{captions[1]}</span>
        <span>{captions[2]}</span>
      </div>
    </figure>
  );
}

type StackProps = { series: readonly FlowSeries[]; slot: number; tall: (count: number) => number; from: number; upwards?: boolean };

function Stack({ series, slot, tall, from, upwards = false }: StackProps) {
  const heights = series.map(({ values }) => tall(values[slot] ?? 0));
  return series.map(({ key, tone }, at) => {
    const before = heights.slice(0, at).reduce((sum, height) => sum + height, 0);
    const height = heights[at] ?? 0;
    return <rect key={key} x={slot * SLOT + 1.5} y={upwards ? from - before - height : from + before} width={SLOT - 3} height={height} fill={`var(--${tone}-solid)`} />;
  });
}
