"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Table } from "../kit/table/table.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { queueFilterFrom } from "./queue-filter.ts";
import { useSourceColumns } from "./source-columns.tsx";
import { SourceDrawer } from "./source-drawer.tsx";

/** The queues that are captured: how it goes, how much came, and how long resent messages are watched. */
export function SourceList() {
  const t = useTranslations("queues");
  const trpc = useTRPC();
  const [search] = useSearch();
  const { connection } = queueFilterFrom(search);
  const [open, setOpen] = useState<string | null>(null);
  const columns = useSourceColumns();
  const { data, error, refetch } = useQuery({
    ...trpc.sources.list.queryOptions(connection === undefined ? {} : { connection }),
    placeholderData: keepPreviousData,
  });
  if (data === undefined && error !== null)
    return <ErrorState title={t("failed")} advice={t("failedAdvice")} detail={refusalOf(error)?.message} onRetry={() => void refetch()} />;
  const opened = data?.find((source) => source.id === open);
  return (
    <>
      <Table
        label={t("captured")}
        className="h-full"
        columns={columns}
        rows={data ?? []}
        rowKey={(source) => source.id}
        loadingRows={data === undefined ? 6 : 0}
        onOpen={(source) => setOpen(source.id)}
        openKey={open}
        empty={
          <EmptyState
            title={t("empty.sources")}
            action={
              <ButtonLink variant="primary" href="/queues?dlq=1">
                {t("empty.sourcesAction")}
              </ButtonLink>
            }
          >
            {t("empty.sourcesHelp")}
          </EmptyState>
        }
      />
      {opened !== undefined && <SourceDrawer source={opened} onClose={() => setOpen(null)} />}
    </>
  );
}
