"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "use-intl";
import { Button } from "../kit/button.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { PageHeader } from "../kit/page.tsx";
import { Table } from "../kit/table/table.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { useGroupColumns } from "./group-columns.tsx";
import { groupFilterFrom } from "./group-filter.ts";
import { GroupsEmpty } from "./groups-empty.tsx";
import { GroupsToolbar } from "./groups-toolbar.tsx";

const PAGE = 50;

/** Failures that are alike, together: what fails, how often, since when, and how much of it waits. */
export function GroupsPage() {
  const t = useTranslations("groups");
  const trpc = useTRPC();
  const router = useRouter();
  const [search, setSearch] = useSearch();
  const filter = groupFilterFrom(search);
  const list = useInfiniteQuery(
    trpc.groups.list.infiniteQueryOptions(
      { ...filter, limit: PAGE },
      {
        getNextPageParam: (page) => {
          const last = page.at(-1);
          // by open count there is one page
          return last === undefined || page.length < PAGE || filter.sort === "open" ? null : { lastSeenAt: last.lastSeenAt, id: last.id };
        },
        placeholderData: (before) => before,
        meta: { live: "slow" },
      },
    ),
  );
  const columns = useGroupColumns(filter.span);
  const rows = list.data?.pages.flat() ?? [];
  if (list.data === undefined && list.error !== null)
    return (
      <>
        <PageHeader title={t("title")} description={t("help")} />
        <ErrorState title={t("failed")} advice={t("failedAdvice")} detail={refusalOf(list.error)?.message} onRetry={() => void list.refetch()} />
      </>
    );
  return (
    <>
      <PageHeader title={t("title")} description={t("help")} />
      <GroupsToolbar />
      <Table
        className="flex-1"
        label={t("title")}
        columns={columns}
        rows={rows}
        rowKey={(group) => group.id}
        loadingRows={list.data === undefined ? 12 : 0}
        sort={{ column: filter.sort, direction: "descending" }}
        onSort={({ column }) => setSearch({ sort: column === "open" ? "open" : null })}
        onOpen={(group) => router.push(`/groups/${group.id}`)}
        empty={<GroupsEmpty />}
      />
      {list.hasNextPage && (
        <footer className="flex min-h-10 shrink-0 items-center justify-center border-t">
          <Button size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("more", { count: PAGE })}
          </Button>
        </footer>
      )}
    </>
  );
}
