"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { COUNT_OF_QUEUES, FIRST_QUEUES, queueFilterFrom } from "./queue-filter.ts";
import { Button } from "../kit/button.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Table } from "../kit/table/table.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { useQueueColumns } from "./queue-columns.tsx";
import { QueueDrawer } from "./queue-drawer.tsx";
import { QueueEmpty } from "./queue-empty.tsx";
import { QueueToolbar } from "./queue-toolbar.tsx";

/** The queues the filter lets through, the deepest first; a row opens what is known of the queue. */
export function QueueList() {
  const t = useTranslations("queues");
  const trpc = useTRPC();
  const [search, setSearch] = useSearch();
  const [limit, setLimit] = useState(FIRST_QUEUES);
  const filter = queueFilterFrom(search);
  const { data, error, refetch } = useQuery({
    ...trpc.queues.list.queryOptions({ ...filter, limit }),
    placeholderData: keepPreviousData,
  });
  const ids = data?.rows.map((queue) => queue.id).toSorted() ?? [];
  const trends = useQuery({
    ...trpc.queues.trends.queryOptions(ids, { meta: { live: "slow" } }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const columns = useQueueColumns(new Map(trends.data?.map(({ id, points }) => [id, points])));
  if (data === undefined && error !== null)
    return <ErrorState title={t("failed")} advice={t("failedAdvice")} detail={refusalOf(error)?.message} onRetry={() => void refetch()} />;
  const open = search.get("queue");
  return (
    <div className="flex h-full min-h-0 flex-col">
      <QueueToolbar />
      <Table
        className="flex-1"
        label={t("title")}
        columns={columns}
        rows={data?.rows ?? []}
        rowKey={(queue) => queue.id}
        loadingRows={data === undefined ? 12 : 0}
        sort={filter.sort === "name" ? { column: "name", direction: "ascending" } : { column: "depth", direction: "descending" }}
        onSort={({ column }) => setSearch({ sort: column === "name" ? "name" : null })}
        onOpen={(queue) => setSearch({ queue: queue.id })}
        openKey={open}
        empty={<QueueEmpty />}
      />
      {data !== undefined && data.total > 0 && (
        <footer className="flex min-h-9 shrink-0 items-center gap-3 border-t px-4 text-sm text-muted">
          <span className="tabular-nums">{t("shown", { shown: data.rows.length, total: data.total })}</span>
          {data.rows.length < data.total && limit < COUNT_OF_QUEUES && (
            <Button size="sm" onClick={() => setLimit(Math.min(COUNT_OF_QUEUES, limit + FIRST_QUEUES))}>
              {t("more", { count: Math.min(FIRST_QUEUES, data.total - data.rows.length) })}
            </Button>
          )}
          {data.rows.length < data.total && limit >= COUNT_OF_QUEUES && <span>{t("narrow")}</span>}
        </footer>
      )}
      {open !== null && <QueueDrawer id={open} queue={data?.rows.find((queue) => queue.id === open) ?? null} onClose={() => setSearch({ queue: null })} />}
    </div>
  );
}
