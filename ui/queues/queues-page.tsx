"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { PageHeader } from "../kit/page.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import { QueueList } from "./queue-list.tsx";
import { SourceList } from "./source-list.tsx";

/** Every queue of every connection, and those that are captured. */
export function QueuesPage() {
  const t = useTranslations("queues");
  const trpc = useTRPC();
  const [search, setSearch] = useSearch();
  const sources = useQuery(trpc.sources.list.queryOptions({}));
  return (
    <>
      <PageHeader title={t("title")} />
      <Tabs
        label={t("views")}
        value={search.get("view") === "captured" ? "captured" : "all"}
        onChange={(view) => setSearch({ view: view === "captured" ? view : null })}
        tabs={[
          { value: "all", label: t("all"), content: <QueueList /> },
          { value: "captured", label: t("captured"), count: sources.data?.length, content: <SourceList /> },
        ]}
      />
    </>
  );
}
