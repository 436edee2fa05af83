import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { Num } from "./num.tsx";
import { solidTone, type Tone } from "./tone.ts";

type Props = { parts: readonly { readonly key: string; readonly tone: Tone; readonly label: ReactNode; readonly value: number }[]; className?: string };

/** What the colours of a chart mean, each with its sum. */
export function Legend({ parts, className }: Props) {
  return (
    <div className={cx("flex flex-wrap gap-x-4 gap-y-1", className)}>
      {parts.map(({ key, tone, label, value }) => (
        <span key={key} className="flex items-center gap-1.5 text-sm text-muted">
          <span aria-hidden className={cx("size-2 rounded-[2px]", solidTone[tone])} />
          {label}
          <Num value={value} className="font-medium text-ink" />
        </span>
      ))}
    </div>
  );
}
