"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Num } from "../kit/num.tsx";
import { type Column, Table } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { Outputs } from "../trpc/outputs.ts";
import { useErrorWords } from "./error-words.tsx";

type TopError = Outputs["routes"]["topErrors"][number];

/** Of what the tries of the last hour failed, the most frequent first. */
export function ErrorsTab({ routeId }: { routeId: string }) {
  const t = useTranslations("routes");
  const [, setSearch] = useSearch();
  const { data, error, refetch } = useQuery(useTRPC().routes.topErrors.queryOptions(routeId, { meta: { live: "slow" } }));
  const columns = useColumns();
  return (
    <div className="flex h-full flex-col">
      {error !== null && <ErrorLine onRetry={() => void refetch()}>{t("errors.failed")}</ErrorLine>}
      <Table
        label={t("tab.errors")}
        className="flex-1"
        columns={columns}
        rows={data ?? []}
        rowKey={({ code, status, type }) => [code, status, type].join(" ")}
        onOpen={({ code }) => setSearch({ tab: null, error: code, state: null, before: null })}
        loadingRows={data === undefined && error === null ? 4 : 0}
        empty={<EmptyState good title={t("errors.none")} />}
      />
      {data !== undefined && data.length > 0 && <p className="border-t px-4 py-2 text-sm text-muted">{t("errors.help")}</p>}
    </div>
  );
}

function useColumns(): Column<TopError>[] {
  const t = useTranslations("routes");
  const words = useErrorWords();
  return [
    { id: "kind", header: t("errors.kind"), width: "w-64", cell: ({ code, status, type }) => <span className="font-medium">{code === null ? "" : words({ code, status, type })}</span> },
    { id: "count", header: t("errors.count"), width: "w-24", align: "end", cell: ({ count }) => <Num value={count} /> },
    {
      id: "words",
      header: t("errors.words"),
      from: "medium",
      cell: ({ message, deliveryId }) => (
        <Link href={`/deliveries/${deliveryId}`} className="hover:underline">
          <BrokerText max={200}>{message ?? ""}</BrokerText>
        </Link>
      ),
    },
    { id: "last", header: t("errors.last"), width: "w-28", align: "end", cell: ({ lastAt }) => <Time iso={lastAt} className="text-muted" /> },
  ];
}
