"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { DELIVERY_STATES, type DeliveryState } from "#core/route/state.ts";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/badge.tsx";
import { cx } from "../kit/cx.ts";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Toolbar } from "../kit/page.tsx";
import { Pager } from "../kit/pager.tsx";
import { Table } from "../kit/table/table.tsx";
import { useSearch } from "../kit/use-search.ts";
import { STATE_FACES } from "../states/state-faces.ts";
import { textTone } from "../kit/tone.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { readDeliveryAddress } from "./delivery-address.ts";
import { useDeliveryColumns } from "./delivery-columns.tsx";
import { useErrorWords } from "./error-words.tsx";
import { Capped } from "./numbers.tsx";
import { SteerAll } from "./steer-all.tsx";
import type { RouteDetail } from "./types.ts";

/** The deliveries of a route by state, newest first; what waits can be retried or given up as a whole. */
export function DeliveriesTab({ route }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  const router = useRouter();
  const words = useErrorWords();
  const [search, setSearch] = useSearch();
  const [pages, setPages] = useState<readonly string[]>([]);
  const { before, ...filter } = readDeliveryAddress(search);
  const list = useQuery(useTRPC().deliveries.list.queryOptions({ routeId: route.id, ...filter, ...(before === undefined ? {} : { before }) }, { placeholderData: keepPreviousData }));
  const columns = useDeliveryColumns();
  const choose = (patch: Readonly<Record<string, string | null>>) => {
    setPages([]);
    setSearch({ ...patch, before: null });
  };
  if (list.isError && list.data === undefined)
    return <ErrorState title={t("deliveries.failed")} safe={t("failedSafe")} detail={refusalOf(list.error)?.message} onRetry={() => void list.refetch()} retrying={list.isFetching} />;
  const page = list.data;
  const next = page?.next ?? null;
  const narrowed = filter.state !== undefined || filter.error !== undefined;
  return (
    <div className="flex h-full flex-col">
      <Toolbar label={t("deliveries.byState")}>
        <StateFilter counts={route.counts} chosen={filter.state ?? null} onChoose={(state) => choose({ state })} />
        {filter.error !== undefined && (
          <Chip onRemove={() => choose({ error: null })} removeLabel={t("deliveries.anyError")}>
            {t("deliveries.error")}: {words({ code: filter.error, status: null })}
          </Chip>
        )}
        <span className="flex-1" />
        {(filter.state === "pending" || filter.state === "retrying") && <SteerAll filter={{ routeId: route.id, state: filter.state, ...(filter.error === undefined ? {} : { error: filter.error }) }} />}
      </Toolbar>
      <Table
        label={t("deliveries.list")}
        className="flex-1"
        columns={columns}
        rows={page?.rows ?? []}
        rowKey={({ id }) => id}
        onOpen={({ id }) => router.push(`/deliveries/${id}`)}
        loadingRows={page === undefined ? 8 : 0}
        empty={
          page?.partial === true ? (
            <EmptyState title={t("deliveries.partial")} />
          ) : narrowed ? (
            <EmptyState title={t("deliveries.noneOfFilter")} action={<Button onClick={() => choose({ state: null, error: null })}>{t("deliveries.showAll")}</Button>} />
          ) : (
            <EmptyState title={t("deliveries.none")}>{t("deliveries.noneHelp")}</EmptyState>
          )
        }
      />
      <Pager
        busy={list.isPlaceholderData}
        onPrevious={
          before === undefined
            ? null
            : () => {
                setSearch({ before: pages.at(-1) ?? null });
                setPages(pages.slice(0, -1));
              }
        }
        onNext={
          next === null
            ? null
            : () => {
                setPages([...pages, before === undefined ? "" : String(before)]);
                setSearch({ before: String(next) });
              }
        }
      >
        {page !== undefined && page.rows.length > 0 && t("deliveries.shown", { count: page.rows.length })}
      </Pager>
    </div>
  );
}

type FilterProps = { counts: RouteDetail["counts"]; chosen: DeliveryState | null; onChoose: (state: DeliveryState | null) => void };

/** Each state with its number; a click shows its deliveries. */
function StateFilter({ counts, chosen, onChoose }: FilterProps) {
  const t = useTranslations("states");
  const words = useTranslations("routes");
  const look = (on: boolean) => cx("flex h-7 items-center gap-1.5 rounded border px-2 hover:bg-hover", on ? "border-accent-text bg-accent-soft hover:bg-accent-soft" : "border-line");
  return (
    <div className="flex flex-wrap gap-1">
      <button type="button" aria-pressed={chosen === null} onClick={() => onChoose(null)} className={look(chosen === null)}>
        {words("deliveries.any")}
      </button>
      {DELIVERY_STATES.map((state) => {
        const { icon: Icon, tone } = STATE_FACES[state];
        return (
          <button key={state} type="button" aria-pressed={chosen === state} title={t(`meaning.${state}`)} onClick={() => onChoose(chosen === state ? null : state)} className={look(chosen === state)}>
            <Icon aria-hidden className={cx("size-3.5", textTone[tone])} />
            {t(`name.${state}`)}
            <Capped value={counts[state]} className="font-semibold" />
          </button>
        );
      })}
    </div>
  );
}
