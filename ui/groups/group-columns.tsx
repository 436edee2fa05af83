"use client";

import Link from "next/link";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { cx } from "../kit/cx.ts";
import { Num } from "../kit/num.tsx";
import { BarTrend } from "../kit/spark.tsx";
import type { Column } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import type { Outputs } from "../trpc/outputs.ts";

type Group = Outputs["groups"]["list"][number];

/** The columns of the list of groups. */
export function useGroupColumns(span: "1h" | "24h"): Column<Group>[] {
  const t = useTranslations("groups");
  return [
    {
      id: "title",
      header: t("group"),
      cell: (group) => (
        <Link href={`/groups/${group.id}`} title={group.title.slice(0, 300)} className="font-medium hover:underline">
          <BrokerText max={300}>{group.title}</BrokerText>
        </Link>
      ),
    },
    {
      id: "source",
      header: t("source"),
      width: "w-40",
      from: "wide",
      cell: (group) => (
        <span title={`${group.connection} / ${group.source}`}>
          <BrokerText mono max={200}>
            {group.source}
          </BrokerText>
        </span>
      ),
    },
    {
      id: "trend",
      header: t(`over.${span}`),
      width: "w-36",
      from: "medium",
      cell: (group) => <BarTrend values={group.trend} tone="red" label={t("deathsOver", { count: group.trend.reduce((sum, died) => sum + died, 0) })} />,
    },
    { id: "deaths", header: t("deaths"), width: "w-20", from: "wide", align: "end", cell: (group) => <Num value={group.deaths} className="text-muted" /> },
    {
      id: "open",
      header: t("open"),
      width: "w-24",
      align: "end",
      sortable: true,
      cell: ({ open }) => <Num value={open.count} kind={open.capped ? "at_least" : "exact"} className={cx("font-medium", open.count === 0 && "text-faint")} />,
    },
    {
      id: "first",
      header: t("firstSeen"),
      width: "w-24",
      from: "wide",
      align: "end",
      cell: (group) => <Time iso={group.firstSeenAt} className="text-muted" />,
    },
    {
      id: "last_seen",
      header: t("lastSeen"),
      width: "w-26",
      from: "medium",
      align: "end",
      sortable: true,
      cell: (group) => <Time iso={group.lastSeenAt} className="text-muted" />,
    },
  ];
}
