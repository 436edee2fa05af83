"use client";

import { useTranslations } from "use-intl";
import { useNow } from "./clock.tsx";
import { cx } from "./cx.ts";
import { Duration } from "./time.tsx";
import { Tooltip } from "./tooltip.tsx";

export type LiveState = "live" | "reconnecting" | "stale";

type Props = {
  state: LiveState;
  /** ms on this machine's clock when the last event came; null before the first. */
  lastEventAt: number | null;
};

const dots: Record<LiveState, string> = {
  live: "bg-green",
  reconnecting: "bg-amber animate-breathe",
  stale: "bg-red",
};

/** Whether what is seen is current, and how old its last news is. */
export function LiveIndicator({ state, lastEventAt }: Props) {
  const t = useTranslations("kit");
  const now = useNow();
  return (
    <Tooltip content={t(`liveHelp.${state}`)} side="bottom">
      <button type="button" className="flex h-7 cursor-default items-center gap-1.5 rounded px-1.5 text-sm text-muted">
        <span aria-hidden className={cx("size-2 rounded-full", dots[state])} />
        <span className={cx(state === "stale" && "font-medium text-red", state === "reconnecting" && "text-amber")}>
          {t(`live.${state}`)}
        </span>
        {lastEventAt !== null && (
          <Duration
            ms={Math.max(0, Math.floor((now - lastEventAt) / 1_000) * 1_000)}
            className="min-w-7 text-left tabular-nums"
          />
        )}
      </button>
    </Tooltip>
  );
}
