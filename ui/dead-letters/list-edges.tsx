"use client";

import { ArrowUp } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "../kit/button.tsx";
import { Pager } from "../kit/pager.tsx";
import { slot } from "../kit/slot.ts";
import { Time } from "../kit/time.tsx";
import type { ListAddress } from "./list-address.ts";
import { CappedNum } from "./state-strip.tsx";
import type { StateCounts } from "./types.ts";
import type { MessageList } from "./use-message-list.ts";

const NEWER_CAP = 100;

/** What has come while the list stands still. */
export function NewerBar({ list }: { list: MessageList }) {
  const t = useTranslations("messages");
  if (list.newer === 0) return null;
  return (
    <button
      type="button"
      onClick={list.show}
      className="flex h-8 shrink-0 items-center justify-center gap-2 border-b bg-blue-soft font-medium text-blue hover:underline"
    >
      <ArrowUp aria-hidden className="size-3.5" />
      <span aria-live="polite">{t("newer", { count: list.newer, more: list.newer >= NEWER_CAP ? "yes" : "no" })}</span>
    </button>
  );
}

type PagerProps = { list: MessageList; address: ListAddress; counts: StateCounts | undefined; onAfter: (after: number | null) => void };

/** The foot of the list: pages by key, how many there are, and how far a search came. */
export function ListPager({ list, address, counts, onAfter }: PagerProps) {
  const t = useTranslations("messages");
  const [pages, setPages] = useState<readonly (number | null)[]>([]);
  const total = (address.filter.state ?? []).reduce<number | null>((sum, state) => (sum === null || counts?.[state] == null ? null : sum + counts[state]), 0);
  const next = () => {
    setPages([...pages, address.after]);
    onAfter(list.next);
  };
  const previous = () => {
    onAfter(pages.at(-1) ?? null);
    setPages(pages.slice(0, -1));
  };
  const reached = list.rows.at(-1)?.lastDeathAt;
  return (
    <>
      {list.partial && (
        <div role="status" className="flex shrink-0 flex-wrap items-center justify-center gap-2 border-t bg-amber-soft px-3 py-1.5 text-amber">
          <span>{reached === undefined ? t("partial") : t.rich("partialUntil", { time: slot(<Time iso={reached} />) })}</span>
          <Button size="sm" onClick={next} busy={list.fetching}>
            {t("searchOn")}
          </Button>
        </div>
      )}
      <Pager onPrevious={address.after === null ? null : previous} onNext={list.next !== null && !list.partial ? next : null} busy={list.turning}>
        {list.rows.length > 0 &&
          t.rich(address.after === null ? (address.order === "newest" ? "shownNewest" : "shownOldest") : "shown", {
            count: list.rows.length,
            total: slot(<CappedNum value={total} />),
          })}
      </Pager>
    </>
  );
}
