"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import { ErrorLine } from "../kit/error-state.tsx";
import { FlowChart } from "../kit/flow-chart.tsx";
import { Legend } from "../kit/legend.tsx";
import { Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import type { Tone } from "../kit/tone.ts";
import type { Outputs } from "../trpc/outputs.ts";
import { useTRPC } from "../trpc/client.tsx";

type Minute = Outputs["overview"]["flow"][number];
type Part = { readonly key: keyof Minute; readonly tone: Tone };

const IN: readonly Part[] = [{ key: "died", tone: "red" }];
const OUT: readonly Part[] = [
  { key: "resent", tone: "teal" },
  { key: "discarded", tone: "grey" },
];

const total = (flow: readonly Minute[], part: keyof Minute): number => flow.reduce((sum, minute) => sum + minute[part], 0);

/** What came in and what went out, by the minute of the last hour. */
export function FlowPanel() {
  const t = useTranslations("overview");
  const format = useFormatter();
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.overview.flow.queryOptions(undefined, { meta: { live: "slow" } }));
  const sums = data && { died: total(data, "died"), resent: total(data, "resent"), discarded: total(data, "discarded") };
  const parts = sums && [...IN, ...OUT].map(({ key, tone }) => ({ key, tone, label: t(`flowPart.${key}`), value: sums[key] }));
  const series = (part: Part) => ({ ...part, values: data?.map((minute) => minute[part.key]) ?? [] });
  return (
    <Panel title={t("flow")} aside={parts && <Legend parts={parts} className="max-sm:hidden" />}>
      {parts && <Legend parts={parts} className="mb-3 sm:hidden" />}
      {error !== null && data === undefined && <ErrorLine onRetry={() => void refetch()}>{t("flowFailed")}</ErrorLine>}
      {data === undefined && error === null && <Skeleton className="h-40 w-full" />}
      {data !== undefined && sums !== undefined && (
        <FlowChart
          above={IN.map(series)}
          below={OUT.map(series)}
          titleOf={(slot) => t("minute", { ago: data.length - 1 - slot, died: data[slot]?.died ?? 0, resent: data[slot]?.resent ?? 0, discarded: data[slot]?.discarded ?? 0 })}
          captions={[t("minutesAgo", { minutes: data.length }), t("perMinute"), t("now")]}
          label={t("flowLabel", { died: format.number(sums.died), resent: format.number(sums.resent), discarded: format.number(sums.discarded) })}
        />
      )}
    </Panel>
  );
}
