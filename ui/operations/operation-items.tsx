"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Pager } from "../kit/pager.tsx";
import { type Column, Table } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import { StateBadge } from "../states/state-badge.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { OUTCOME_FACES, type Outcome } from "./faces.ts";
import type { OperationItem } from "./types.ts";

const PAGE = 100;

type Props = {
  operationId: string;
  outcome: Outcome | null;
  after: string | null;
  onAfter: (after: string | null) => void;
};

/** Each message of an operation: what became of the order, and how it stands now. */
export function OperationItems({ operationId, outcome, after, onAfter }: Props) {
  const t = useTranslations("operations");
  const router = useRouter();
  const [pages, setPages] = useState<readonly (string | null)[]>([]);
  const input = { operationId, ...(outcome === null ? {} : { outcome }), ...(after === null ? {} : { after }) };
  const items = useQuery(useTRPC().operations.items.queryOptions(input, { placeholderData: keepPreviousData }));
  const columns = useColumns();
  const rows = items.data ?? [];
  const last = rows.at(-1);
  const next = () => {
    setPages([...pages, after]);
    if (last !== undefined) onAfter(last.messageId);
  };
  const previous = () => {
    onAfter(pages.at(-1) ?? null);
    setPages(pages.slice(0, -1));
  };
  return (
    <section className="flex min-h-64 flex-1 flex-col" aria-label={t("items")}>
      {items.isError && <ErrorLine onRetry={() => void items.refetch()}>{t("listFailed")}</ErrorLine>}
      <Table
        label={t("items")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.messageId}
        onOpen={(row) => router.push(`/messages/${row.messageId}`)}
        loadingRows={items.isPending ? 6 : 0}
        empty={<EmptyState title={outcome === null ? t("noItems") : t("noItemsOfOutcome")} />}
        className="flex-1 border-t"
      />
      <Pager onPrevious={after === null ? null : previous} onNext={rows.length === PAGE ? next : null} busy={items.isPlaceholderData}>
        {rows.length > 0 && t("itemsShown", { count: rows.length })}
      </Pager>
    </section>
  );
}

function useColumns(): Column<OperationItem>[] {
  const t = useTranslations("operations");
  return [
    {
      id: "message",
      header: t("column.message"),
      cell: (row) => (
        <Link href={`/messages/${row.messageId}`} className="hover:underline">
          {row.errorType === null ? <span className="font-mono text-sm">{row.messageId}</span> : <BrokerText max={120}>{row.errorType}</BrokerText>}
        </Link>
      ),
    },
    { id: "origin", header: t("column.origin"), from: "medium", cell: (row) => row.origin !== null && <BrokerText max={120}>{row.origin}</BrokerText> },
    { id: "key", header: t("column.key"), from: "wide", cell: (row) => row.key !== null && <BrokerText mono max={80}>{row.key}</BrokerText> },
    { id: "outcome", header: t("column.outcome"), width: "w-32", cell: (row) => <OutcomeBadge outcome={row.outcome} /> },
    { id: "detail", header: t("column.detail"), from: "medium", cell: (row) => row.detail !== null && <span title={row.detail} className="text-muted"><BrokerText max={200}>{row.detail}</BrokerText></span> },
    { id: "now", header: t("column.now"), width: "w-32", from: "medium", cell: (row) => <StateBadge state={row.state} look="bare" /> },
    { id: "at", header: t("column.settled"), width: "w-28", align: "end", from: "medium", cell: (row) => row.settledAt !== null && <Time iso={row.settledAt} className="text-muted" /> },
  ];
}

/** What became of the order for one message. */
function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const t = useTranslations("operations");
  const { tone, icon } = OUTCOME_FACES[outcome];
  return (
    <span title={t(`outcomeHelp.${outcome}`)}>
      <Badge tone={tone} icon={icon} look="bare">
        {t(`outcome.${outcome}`)}
      </Badge>
    </span>
  );
}
