"use client";

import { useFormatter, useTranslations } from "use-intl";
import { Panel } from "../kit/page.tsx";
import { BarTrend } from "../kit/spark.tsx";
import { useSearch } from "../kit/use-search.ts";
import { spanFrom } from "./group-filter.ts";
import type { Group } from "./group-page.tsx";
import { SpanChoice } from "./groups-toolbar.tsx";

/** Deaths of the group over time. */
export function GroupTrend({ group }: { group: Group }) {
  const t = useTranslations("groups");
  const format = useFormatter();
  const [search] = useSearch();
  const span = spanFrom(search);
  const sum = group.trend.reduce((total, died) => total + died, 0);
  return (
    <Panel title={t("trendTitle", { count: sum })} aside={<SpanChoice />}>
      <figure>
        <BarTrend values={group.trend} tone="red" width={720} height={96} className="h-24 w-full" label={t("deathsOver", { count: sum })} />
        <figcaption className="mt-1 flex justify-between text-xs text-muted">
          <span>{t(`ago.${span}`)}</span>
          <span>{t(`highest.${span}`, { count: format.number(Math.max(0, ...group.trend)) })}</span>
          <span>{t("now")}</span>
        </figcaption>
      </figure>
    </Panel>
  );
}
