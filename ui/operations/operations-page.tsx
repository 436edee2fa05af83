"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Num } from "../kit/num.tsx";
import { PageHeader } from "../kit/page.tsx";
import { Pager } from "../kit/pager.tsx";
import { type Column, Table } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import { useSearch } from "../kit/use-search.ts";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { ACT_ICONS } from "./faces.ts";
import { OperationBar } from "./operation-progress.tsx";
import { DestinationText, OperationStateBadge } from "./operation-words.tsx";
import type { OperationRow } from "./types.ts";

const PAGE = 100;

/** Every operator's orders, newest first, with how far they are. */
export function OperationsPage() {
  const t = useTranslations("operations");
  const router = useRouter();
  const [search, setSearch] = useSearch();
  const [pages, setPages] = useState<readonly string[]>([]);
  const before = search.get("before");
  const list = useQuery(useTRPC().operations.list.queryOptions(before === null ? {} : { before }, { placeholderData: keepPreviousData }));
  const columns = useColumns();
  const rows = list.data ?? [];
  const last = rows.at(-1);
  const next = () => {
    if (last === undefined) return;
    setPages([...pages, before ?? ""]);
    setSearch({ before: last.createdAt });
  };
  const previous = () => {
    setSearch({ before: pages.at(-1) ?? null });
    setPages(pages.slice(0, -1));
  };
  if (list.isError) {
    return <ErrorState title={t("listFailed")} safe={t("listFailedSafe")} detail={refusalOf(list.error)?.message} onRetry={() => void list.refetch()} retrying={list.isFetching} />;
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHeader title={t("page.title")} description={t("page.description")} />
      <Table
        label={t("page.title")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        onOpen={(row) => router.push(`/operations/${row.id}`)}
        loadingRows={list.isPending ? 8 : 0}
        empty={
          <EmptyState icon={ListChecks} title={t("page.empty")} action={<ButtonLink href="/messages">{t("page.toMessages")}</ButtonLink>}>
            {t("page.emptyHelp")}
          </EmptyState>
        }
        className="flex-1 border-t"
      />
      <Pager onPrevious={before === null ? null : previous} onNext={rows.length === PAGE ? next : null} busy={list.isPlaceholderData}>
        {rows.length > 0 && t("page.shown", { count: rows.length })}
      </Pager>
    </div>
  );
}

function useColumns(): Column<OperationRow>[] {
  const t = useTranslations("operations");
  return [
    { id: "act", header: t("column.act"), width: "w-48", cell: (row) => <ActLink row={row} /> },
    { id: "state", header: t("column.state"), width: "w-32", cell: (row) => <OperationStateBadge state={row.state} /> },
    { id: "progress", header: t("column.progress"), width: "w-80", from: "medium", cell: (row) => <ProgressCell row={row} /> },
    { id: "to", header: t("column.toOrReason"), from: "wide", cell: (row) => (row.act === "resend" ? <DestinationText destination={row.destination} /> : <span className="text-muted">{row.reason === null ? "" : visibleText(row.reason, 120)}</span>) },
    { id: "actor", header: t("column.actor"), width: "w-36", from: "medium", cell: (row) => visibleText(row.actor, 60) },
    { id: "at", header: t("column.at"), width: "w-28", align: "end", from: "medium", cell: (row) => <Time iso={row.createdAt} className="text-muted" /> },
  ];
}

function ActLink({ row }: { row: OperationRow }) {
  const t = useTranslations("operations");
  const Icon = ACT_ICONS[row.act];
  return (
    <Link href={`/operations/${row.id}`} className="flex items-center gap-2 hover:underline">
      <Icon aria-hidden className="size-3.5 shrink-0 text-muted" />
      <span className="truncate font-medium">{t(`act.${row.act}`)}</span>
      <Num value={row.total} className="text-muted" />
    </Link>
  );
}

function ProgressCell({ row }: { row: OperationRow }) {
  const trouble = row.progress.refused + row.progress.unknown;
  const t = useTranslations("operations");
  return (
    <span className="flex items-center gap-3">
      <OperationBar operation={row} className="w-32 shrink-0" />
      <span className="shrink-0 text-sm text-muted tabular-nums">
        <Num value={row.total - row.progress.waiting} />
      </span>
      {trouble > 0 && <span className="truncate text-sm text-red">{t("troubled", { count: trouble })}</span>}
    </span>
  );
}
