"use client";

import { DEPTH_STALE_MS, isStale } from "#core/freshness.ts";
import { useNow } from "../kit/clock.tsx";
import { cx } from "../kit/cx.ts";
import { Num, type NumberKind } from "../kit/num.tsx";

type Props = {
  ready: number | null;
  kind: NumberKind;
  measuredAt: string | null;
  className?: string;
};

/** How many messages wait in a queue, with its kind; an old number is paler, an unknown one is no number. */
export function Depth({ ready, kind, measuredAt, className }: Props) {
  const now = useNow(5_000);
  const stale = isStale(measuredAt === null ? null : Date.parse(measuredAt), now, DEPTH_STALE_MS);
  return <Num value={ready} kind={kind} className={cx(stale && ready !== null && "text-faint", className)} />;
}
