"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { CappedCount } from "#core/capped-count.ts";
import { filterToSearch, type MessageFilter } from "#core/message/filter.ts";
import type { MessageState } from "#core/message/state.ts";
import { cx } from "../kit/cx.ts";
import { ErrorLine } from "../kit/error-state.tsx";
import { Num } from "../kit/num.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Time } from "../kit/time.tsx";
import { textTone } from "../kit/tone.ts";
import { STATE_FACES } from "../states/state-faces.ts";
import { useTRPC } from "../trpc/client.tsx";

const CELLS = [
  { name: "dead", face: "dead", filter: { state: ["dead"] } },
  { name: "inDoubt", face: "in_doubt", filter: { state: ["in_doubt"] } },
  { name: "underWay", face: "queued", filter: { state: ["queued", "sending"] } },
  { name: "watched", face: "resent", filter: { state: ["resent"] } },
  { name: "resolved24h", face: "resolved", filter: { state: ["resolved"] } },
  { name: "discarded", face: "discarded", filter: { state: ["discarded"] } },
] as const satisfies readonly { name: string; face: MessageState; filter: MessageFilter }[];

/** The strip of numbers: the same order everywhere, each a link to the messages it counts. */
export function Counters() {
  const t = useTranslations("overview");
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.overview.counters.queryOptions(undefined, { meta: { live: "slow" } }));
  if (error !== null && data === undefined)
    return <ErrorLine onRetry={() => void refetch()}>{t("countersFailed")}</ErrorLine>;
  return (
    <ul
      aria-label={t("counters")}
      aria-busy={data === undefined}
      className="grid grid-cols-2 gap-px overflow-hidden rounded border bg-line sm:grid-cols-3 xl:grid-cols-6"
    >
      {CELLS.map(({ name, face, filter }) => (
        <Cell key={name} face={face} label={t(`counter.${name}`)} href={`/messages?${filterToSearch({ ...filter, state: [...filter.state] })}`}>
          <Count count={data?.[name]} face={face} />
          <span className="truncate text-sm text-muted">
            {name === "dead" && data?.oldestDeadAt != null ? (
              <>
                {t("oldest")} <Time iso={data.oldestDeadAt} />
              </>
            ) : (
              t(`counterNote.${name}`)
            )}
          </span>
        </Cell>
      ))}
    </ul>
  );
}

type CellProps = { face: MessageState; label: string; href: string; children: ReactNode };

function Cell({ face, label, href, children }: CellProps) {
  const { icon: Icon, tone } = STATE_FACES[face];
  return (
    <li className="bg-surface">
      <Link href={href} className="grid h-full gap-0.5 px-3.5 py-3 -outline-offset-2 hover:bg-hover">
        <span className="flex items-center gap-1.5 text-muted">
          <Icon aria-hidden className={cx("size-3.5 shrink-0", textTone[tone])} />
          <span className="truncate">{label}</span>
        </span>
        {children}
      </Link>
    </li>
  );
}

/** Zero is calm; what waits for a person has its colour. */
function Count({ count, face }: { count: CappedCount | undefined; face: MessageState }) {
  if (count === undefined) return <Skeleton className="my-1.5 h-4 w-16" />;
  const urgent = count.count > 0 && (face === "dead" || face === "in_doubt");
  return (
    <Num
      value={count.count}
      kind={count.capped ? "at_least" : "exact"}
      className={cx("text-2xl font-semibold tracking-tight", count.count === 0 && "text-faint", urgent && textTone[STATE_FACES[face].tone])}
    />
  );
}
