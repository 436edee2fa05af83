"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Num } from "../kit/num.tsx";
import { Panel } from "../kit/page.tsx";
import { BarTrend } from "../kit/spark.tsx";
import { type Column, Table } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import { useTRPC } from "../trpc/client.tsx";
import type { Outputs } from "../trpc/outputs.ts";
import { TOP_GROUPS } from "./top-groups.ts";

type Group = Outputs["groups"]["list"][number];

/** The failure groups with the most messages that wait for a person. */
export function TopGroupsPanel() {
  const t = useTranslations("overview");
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.groups.list.queryOptions({ sort: "open", limit: TOP_GROUPS, span: "1h" }, { meta: { live: "slow" } }));
  const columns = useColumns();
  return (
    <Panel
      flush
      title={t("topGroups")}
      aside={
        <ButtonLink href="/groups?sort=open" size="sm" variant="ghost">
          {t("allGroups")}
        </ButtonLink>
      }
    >
      {error !== null && data === undefined ? (
        <div className="p-3">
          <ErrorLine onRetry={() => void refetch()}>{t("groupsFailed")}</ErrorLine>
        </div>
      ) : (
        <Table
          label={t("topGroups")}
          columns={columns}
          rows={data ?? []}
          rowKey={(group) => group.id}
          loadingRows={data === undefined ? 4 : 0}
          empty={
            <EmptyState good title={t("noGroups")}>
              {t("noGroupsHelp")}
            </EmptyState>
          }
        />
      )}
    </Panel>
  );
}

function useColumns(): Column<Group>[] {
  const t = useTranslations("overview");
  return [
    {
      id: "title",
      header: t("group"),
      cell: (group) => (
        <Link href={`/groups/${group.id}`} className="font-medium hover:underline">
          <BrokerText max={200}>{group.title}</BrokerText>
        </Link>
      ),
    },
    { id: "source", header: t("source"), width: "w-40", from: "medium", cell: (group) => <BrokerText mono>{group.source}</BrokerText> },
    {
      id: "trend",
      header: t("lastHour"),
      width: "w-36",
      from: "medium",
      cell: (group) => <BarTrend values={group.trend} tone="red" label={t("deathsLastHour", { count: group.trend.reduce((sum, died) => sum + died, 0) })} />,
    },
    { id: "seen", header: t("lastSeen"), width: "w-24", from: "medium", align: "end", cell: (group) => <Time iso={group.lastSeenAt} className="text-muted" /> },
    {
      id: "open",
      header: t("open"),
      width: "w-24",
      align: "end",
      cell: (group) => <Num value={group.open.count} kind={group.open.capped ? "at_least" : "exact"} className="font-medium" />,
    },
  ];
}
