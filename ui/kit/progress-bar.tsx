import { cx } from "./cx.ts";
import { type Tone, solidTone } from "./tone.ts";

type ProgressPart = { key: string; value: number; tone: Tone; label: string };

type Props = {
  /** What progresses, for screen readers. */
  label: string;
  /** Counts of the same unit, drawn one after the other. */
  parts: readonly ProgressPart[];
  total: number;
  /** In words, e.g. "412 of 1,204". */
  valueText?: string;
  className?: string;
};

/** How much of a whole is done, by outcome. A part that is not zero is always at least visible. */
export function ProgressBar({ label, parts, total, valueText, className }: Props) {
  const done = parts.reduce((sum, part) => sum + part.value, 0);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={Math.min(done, total)}
      aria-valuetext={valueText}
      className={cx("flex h-1.5 gap-px overflow-hidden rounded-full bg-hover ring-1 ring-line ring-inset", className)}
    >
      {parts
        .filter((part) => part.value > 0)
        .map((part) => (
          <span
            key={part.key}
            title={part.label}
            className={cx("h-full min-w-0.5 transition-[width] duration-300", solidTone[part.tone])}
            style={{ width: `${(100 * part.value) / Math.max(1, total)}%` }}
          />
        ))}
    </div>
  );
}
