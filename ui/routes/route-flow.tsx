"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { ErrorLine } from "../kit/error-state.tsx";
import { FlowChart } from "../kit/flow-chart.tsx";
import { Legend } from "../kit/legend.tsx";
import { Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import type { Tone } from "../kit/tone.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { RouteHour } from "./types.ts";

type Part = { readonly key: "delivered" | "duplicates" | "failed" | "dead"; readonly tone: Tone };

const WELL: readonly Part[] = [
  { key: "delivered", tone: "green" },
  { key: "duplicates", tone: "grey" },
];
const ILL: readonly Part[] = [
  { key: "failed", tone: "violet" },
  { key: "dead", tone: "red" },
];

/** What was delivered, and what was not, by the minute of the last hour. */
export function RouteFlow({ routeId }: { routeId: string }) {
  const t = useTranslations("routes");
  const { data, error, refetch } = useQuery(useTRPC().routes.minutes.queryOptions(routeId));
  const parts = data && [...WELL, ...ILL].map(({ key, tone }) => ({ key, tone, label: t(`flowPart.${key}`), value: data.hour[key] }));
  return (
    <Panel title={t("flow")} aside={parts && <Legend parts={parts} className="max-md:hidden" />}>
      {parts && <Legend parts={parts} className="mb-3 md:hidden" />}
      {data !== undefined ? (
        <Chart data={data} />
      ) : error === null ? (
        <Skeleton className="h-40 w-full" />
      ) : (
        <ErrorLine onRetry={() => void refetch()}>{t("failed")}</ErrorLine>
      )}
    </Panel>
  );
}

function Chart({ data }: { data: RouteHour }) {
  const t = useTranslations("routes");
  const { minutes, hour } = data;
  const series = (part: Part) => ({ ...part, values: minutes.map((minute) => minute[part.key]) });
  const titleOf = (slot: number) => {
    const minute = minutes[slot];
    return minute === undefined ? "" : t("minute", { ago: minutes.length - 1 - slot, delivered: minute.delivered, duplicates: minute.duplicates, failed: minute.failed, dead: minute.dead });
  };
  return (
    <FlowChart
      above={WELL.map(series)}
      below={ILL.map(series)}
      titleOf={titleOf}
      captions={[t("minutesAgo", { minutes: minutes.length }), t("perMinute"), t("now")]}
      label={t("flowLabel", { delivered: hour.delivered, duplicates: hour.duplicates, failed: hour.failed, dead: hour.dead })}
    />
  );
}
