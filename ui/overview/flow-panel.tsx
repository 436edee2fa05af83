"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import { cx } from "../kit/cx.ts";
import { ErrorLine } from "../kit/error-state.tsx";
import { Num } from "../kit/num.tsx";
import { Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { solidTone, type Tone } from "../kit/tone.ts";
import { useTRPC } from "../trpc/client.tsx";
import { FlowChart, type FlowMinute } from "./flow-chart.tsx";

const total = (flow: readonly FlowMinute[], part: keyof FlowMinute): number => flow.reduce((sum, minute) => sum + minute[part], 0);

/** What came in and what went out, by the minute of the last hour. */
export function FlowPanel() {
  const t = useTranslations("overview");
  const format = useFormatter();
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.overview.flow.queryOptions(undefined, { meta: { live: "slow" } }));
  const sums = data && { died: total(data, "died"), resent: total(data, "resent"), discarded: total(data, "discarded") };
  return (
    <Panel
      title={t("flow")}
      aside={sums && <Legend sums={sums} className="max-sm:hidden" />}
    >
      {sums && <Legend sums={sums} className="mb-3 sm:hidden" />}
      {error !== null && data === undefined && <ErrorLine onRetry={() => void refetch()}>{t("flowFailed")}</ErrorLine>}
      {data === undefined && error === null && <Skeleton className="h-40 w-full" />}
      {data !== undefined && sums !== undefined && (
        <FlowChart
          flow={data}
          label={t("flowLabel", { died: format.number(sums.died), resent: format.number(sums.resent), discarded: format.number(sums.discarded) })}
        />
      )}
    </Panel>
  );
}

function Legend({ sums, className }: { sums: FlowMinute; className: string }) {
  const t = useTranslations("overview");
  return (
    <div className={cx("flex gap-4", className)}>
      <Part tone="red" label={t("died")} value={sums.died} />
      <Part tone="teal" label={t("resent")} value={sums.resent} />
      <Part tone="grey" label={t("discarded")} value={sums.discarded} />
    </div>
  );
}

function Part({ tone, label, value }: { tone: Tone; label: string; value: number }) {
  return (
    <span className="flex items-center gap-1.5 text-sm text-muted">
      <span aria-hidden className={cx("size-2 rounded-[2px]", solidTone[tone])} />
      {label}
      <Num value={value} className="font-medium text-ink" />
    </span>
  );
}
