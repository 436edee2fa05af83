"use client";

import { useTranslations } from "use-intl";
import { useNow } from "../kit/clock.tsx";
import { slot } from "../kit/slot.ts";
import { Duration } from "../kit/time.tsx";

/** A moment to come, counted down by the second; the exact one on hover. */
export function NextTime({ iso }: { iso: string }) {
  const t = useTranslations("routes");
  const at = Date.parse(iso);
  const roughly = useNow(30_000);
  const now = useNow(Math.abs(at - roughly) < 3_600_000 ? 1_000 : 30_000);
  // whole seconds: a countdown of "3s 412ms" is a race, not a number
  const left = Math.ceil((at - now) / 1_000) * 1_000;
  return (
    <time dateTime={iso} title={iso} className="tabular-nums">
      {left <= 0 ? t("next.due") : t.rich("next.in", { time: slot(<Duration ms={left} />) })}
    </time>
  );
}
