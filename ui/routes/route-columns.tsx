"use client";

import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { Sparkline } from "../kit/spark.tsx";
import type { Column } from "../kit/table/table.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { DestinationText } from "./destination-text.tsx";
import { Capped, Quantile, SuccessRate } from "./numbers.tsx";
import { BreakerBadge, RouteState } from "./route-state.tsx";
import type { RouteRow } from "./types.ts";

/** The columns of the list of routes. */
export function useRouteColumns(): Column<RouteRow>[] {
  const t = useTranslations("routes");
  return [
    {
      id: "name",
      header: t("column.name"),
      // where there is little room it has what the others leave
      width: "@4xl:w-44",
      cell: (route) => (
        <Link href={`/routes/${route.id}`} title={route.name} className="block truncate font-medium hover:underline">
          {visibleText(route.name)}
        </Link>
      ),
    },
    { id: "flow", header: t("column.flow"), from: "wide", cell: (route) => <FromTo route={route} /> },
    { id: "state", header: t("column.state"), width: "w-36", cell: (route) => <RouteState route={route} look="bare" /> },
    {
      id: "throughput",
      header: t("column.throughput"),
      width: "w-26",
      from: "full",
      cell: ({ minutes, hour }) => <Sparkline tone="green" values={minutes.map(({ delivered }) => delivered)} label={t("trend", { count: hour.delivered })} />,
    },
    { id: "success", header: t("column.success"), width: "w-20", align: "end", from: "medium", cell: ({ hour }) => <SuccessRate hour={hour} /> },
    {
      id: "quantiles",
      header: t("column.quantiles"),
      width: "w-36",
      align: "end",
      from: "full",
      cell: ({ p50, p99 }) => (
        <>
          <Quantile quantile={p50} share={0.5} /> <span className="text-faint">·</span> <Quantile quantile={p99} share={0.99} />
        </>
      ),
    },
    { id: "waiting", header: t("column.waiting"), width: "w-20", align: "end", from: "medium", cell: ({ waiting }) => <Capped value={waiting} /> },
    { id: "retrying", header: t("column.retrying"), width: "w-20", align: "end", from: "medium", cell: ({ retrying }) => <Capped value={retrying} tone="violet" /> },
    {
      id: "dead",
      header: t("column.dead"),
      width: "w-18",
      align: "end",
      cell: ({ dead, sourceId }) => (
        <Link href={`/messages?source=${sourceId}&state=dead,in_doubt`} className="hover:underline">
          <Capped value={dead} tone="red" className="font-medium" />
        </Link>
      ),
    },
    { id: "breaker", header: t("column.breaker"), width: "w-26", from: "full", cell: ({ breaker }) => <BreakerBadge breaker={breaker} look="bare" /> },
  ];
}

/** Queue → destination. */
function FromTo({ route }: { route: RouteRow }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="max-w-[45%] min-w-0 shrink-0 truncate" title={`${visibleText(route.source)} · ${route.connection}`}>
        <BrokerText mono max={200}>
          {route.source}
        </BrokerText>
      </span>
      <ArrowRight aria-hidden className="size-3 shrink-0 text-faint" />
      <DestinationText destination={route.destination} short className="flex-1" />
    </span>
  );
}
