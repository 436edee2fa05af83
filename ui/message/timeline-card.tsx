"use client";

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../kit/cx.ts";
import { Time } from "../kit/time.tsx";
import { softTone, type Tone } from "../kit/tone.ts";

type Props = { icon: LucideIcon; tone: Tone; title: ReactNode; time: string; aside?: ReactNode; children?: ReactNode };

/** One thing that happened: a mark on the line, a title, and what there is to say. */
export function TimelineCard({ icon: Icon, tone, title, time, aside, children }: Props) {
  return (
    <div className="flex items-start gap-2">
      <span className={cx("mt-1.25 grid size-5.5 shrink-0 place-items-center rounded-full", softTone[tone])}>
        <Icon aria-hidden className="size-3" />
      </span>
      <div className={cx("min-w-0 flex-1", children ? "rounded border bg-surface" : "py-1")}>
        <div className={cx("flex min-h-6 flex-wrap items-center gap-x-3", children && "border-b px-3 py-1")}>
          <span className="min-w-0 flex-1 font-medium break-words">{title}</span>
          {aside}
          <Time iso={time} className="text-sm text-muted" />
        </div>
        {children && <div className="grid gap-1.5 px-3 py-2">{children}</div>}
      </div>
    </div>
  );
}

type LineProps = { label: string; children: ReactNode };

/** A name and a value on a card. */
export function CardLine({ label, children }: LineProps) {
  return (
    <p className="flex min-w-0 gap-2 text-sm">
      <span className="w-24 shrink-0 text-muted">{label}</span>
      <span className="min-w-0 flex-1 break-words">{children}</span>
    </p>
  );
}
