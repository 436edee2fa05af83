"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { COUNT_CAP } from "#core/message/counts.ts";
import type { MessageFilter } from "#core/message/filter.ts";
import { MESSAGE_STATES, type MessageState } from "#core/message/state.ts";
import { cx } from "../kit/cx.ts";
import { Num } from "../kit/num.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { textTone } from "../kit/tone.ts";
import { STATE_FACES } from "../states/state-faces.ts";
import { useTRPC } from "../trpc/client.tsx";
import { countsInput, toggledStates } from "./list-address.ts";
import type { StateCounts } from "./types.ts";

type Props = { chosen: MessageFilter; filter: MessageFilter; onStates: (states: MessageState[] | null) => void };

/** How many messages of the filter stand in each state; a click takes a state into the list or out of it. */
export function StateStrip({ chosen, filter, onStates }: Props) {
  const t = useTranslations("messages");
  const counts = useStateCounts(chosen);
  const all = filter.state?.length === MESSAGE_STATES.length;
  return (
    <div role="group" aria-label={t("strip.label")} className="scroll-thin flex shrink-0 items-stretch gap-1 overflow-x-auto px-4 pb-2">
      {MESSAGE_STATES.map((state) => (
        <StateButton key={state} state={state} count={counts} on={filter.state?.includes(state) ?? false} onClick={() => onStates(toggledStates(chosen, state))} />
      ))}
      <button
        type="button"
        aria-pressed={all}
        onClick={() => onStates(all ? null : [...MESSAGE_STATES])}
        className="h-8 rounded px-2 text-sm whitespace-nowrap text-muted hover:bg-hover hover:text-ink"
      >
        {all ? t("strip.usual") : t("strip.all")}
      </button>
      {chosen.state === undefined && <span className="self-center text-sm whitespace-nowrap text-faint">{t("strip.default")}</span>}
    </div>
  );
}

type ButtonProps = { state: MessageState; count: StateCounts | undefined; on: boolean; onClick: () => void };

function StateButton({ state, count, on, onClick }: ButtonProps) {
  const t = useTranslations("states");
  const { icon: Icon, tone } = STATE_FACES[state];
  const value = count?.[state] ?? null;
  return (
    <button
      type="button"
      aria-pressed={on}
      title={t(`meaning.${state}`)}
      onClick={onClick}
      className={cx("flex h-8 items-center gap-1.5 rounded border px-2.5 whitespace-nowrap", on ? "border-line-strong bg-surface shadow-[inset_0_-2px_var(--accent-text)]" : "border-line bg-sunken text-muted hover:bg-hover hover:text-ink")}
    >
      <Icon aria-hidden className={cx("size-3.5", textTone[tone], !on && "opacity-70")} />
      {t(`name.${state}`)}
      {count === undefined ? <Skeleton className="h-3 w-6" /> : <CappedNum value={value} className={cx("font-semibold", on && "text-ink")} />}
    </button>
  );
}

/** A count that stops at COUNT_CAP, as `10,000+`. */
export function CappedNum({ value, className }: { value: number | null; className?: string }) {
  const over = value !== null && value > COUNT_CAP;
  return <Num value={over ? COUNT_CAP : value} kind={over ? "at_least" : "exact"} {...(className ? { className } : {})} />;
}

/** Counts by state. A search has to look at everything to count: that is done once, not at every news. */
export function useStateCounts(chosen: MessageFilter): StateCounts | undefined {
  const searched = chosen.q !== undefined || chosen.reason !== undefined;
  const counts = useQuery(
    useTRPC().messages.counts.queryOptions(countsInput(chosen), { meta: { live: searched ? "never" : "slow" }, ...(searched ? { staleTime: 60_000, refetchInterval: 60_000 } : {}) }),
  );
  return counts.data;
}
