import { cx } from "./cx.ts";
import { textTone, type Tone } from "./tone.ts";

type Props = {
  /** Evenly spaced, oldest first; null is unknown and leaves a gap. */
  values: readonly (number | null)[];
  /** What the line says, in words: "Depth over the last hour, now 1,204". */
  label: string;
  tone?: Tone;
  width?: number;
  height?: number;
  className?: string;
};

const scale = (values: readonly (number | null)[]): number => Math.max(1, ...values.filter((value) => value !== null));

/** Runs of known values, each a list of "x,y" points. */
function runsOf(values: readonly (number | null)[], width: number, height: number): string[][] {
  const top = scale(values);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const runs: string[][] = [];
  let open: string[] | null = null;
  for (const [at, value] of values.entries()) {
    if (value === null) {
      open = null;
      continue;
    }
    if (!open) runs.push((open = []));
    open.push(`${(at * step).toFixed(1)},${(height - 1 - (value / top) * (height - 2)).toFixed(1)}`);
  }
  return runs;
}

/** A trend in the height of a table row. Its axis starts at zero. */
export function Sparkline({ values, label, tone = "grey", width = 80, height = 20, className }: Props) {
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className={cx("inline-block shrink-0 overflow-visible align-middle", textTone[tone], className)}
    >
      {runsOf(values, width, height).map((points) =>
        points.length === 1 ? (
          <circle
            key={points[0]}
            cx={points[0]?.split(",")[0]}
            cy={points[0]?.split(",")[1]}
            r={1.25}
            fill="currentColor"
          />
        ) : (
          <polyline
            key={points[0]}
            points={points.join(" ")}
            fill="none"
            stroke="currentColor"
            strokeWidth={1.25}
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        ),
      )}
    </svg>
  );
}

/** Counts per interval as bars; an unknown interval is a hatch at the foot, a zero is empty. */
export function BarTrend({ values, label, tone = "grey", width = 120, height = 24, className }: Props) {
  const top = scale(values);
  const slot = width / Math.max(1, values.length);
  const bar = Math.max(1, slot - (slot > 4 ? 1.5 : 0.5));
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      // a class may make it as wide as its place
      preserveAspectRatio="none"
      className={cx("inline-block shrink-0 align-middle", textTone[tone], className)}
    >
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line)" />
      {values.map((value, at) => {
        const tall = value === null ? 2 : value === 0 ? 0 : Math.max(1.5, (value / top) * (height - 2));
        return (
          <rect
            key={at}
            x={at * slot}
            y={height - tall}
            width={bar}
            height={tall}
            fill={value === null ? "var(--line-strong)" : "currentColor"}
          />
        );
      })}
    </svg>
  );
}
