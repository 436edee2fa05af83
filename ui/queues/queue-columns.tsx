"use client";

import { CircleAlert, CircleDot, Pause, Route, Skull, TriangleAlert } from "lucide-react";
import { useFormatter, useTranslations } from "use-intl";
import { DEPTH_STALE_MS } from "#core/freshness.ts";
import { Age } from "../brokers/age.tsx";
import { Depth } from "../brokers/depth.tsx";
import { Badge } from "../kit/badge.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { Num } from "../kit/num.tsx";
import { Sparkline } from "../kit/spark.tsx";
import type { Column } from "../kit/table/table.tsx";
import { visibleText } from "../kit/visible-text.ts";
import type { Outputs } from "../trpc/outputs.ts";

export type Queue = Outputs["queues"]["list"]["rows"][number];
type Trends = ReadonlyMap<string, readonly (number | null)[]>;

/** The columns of the list of queues; `trends` by the queue's id. */
export function useQueueColumns(trends: Trends): Column<Queue>[] {
  const t = useTranslations("queues");
  const format = useFormatter();
  return [
    { id: "name", header: t("name"), sortable: true, cell: (queue) => <Name queue={queue} /> },
    { id: "connection", header: t("connection"), width: "w-36", from: "wide", cell: (queue) => queue.connection },
    { id: "capture", header: t("capture"), width: "w-32", from: "medium", cell: (queue) => <Capture queue={queue} /> },
    {
      id: "trend",
      header: t("lastHour"),
      width: "w-26",
      from: "wide",
      cell: ({ id, ready }) => {
        const points = trends.get(id);
        if (points === undefined || points.every((point) => point === null)) return <span className="text-faint">{t("noTrend")}</span>;
        return <Sparkline values={points} label={t("trend", { now: ready === null ? t("unknown") : format.number(ready) })} />;
      },
    },
    {
      id: "depth",
      header: t("depth"),
      width: "w-28",
      align: "end",
      sortable: true,
      cell: (queue) => <Depth ready={queue.ready} kind={queue.depthKind} measuredAt={queue.measuredAt} className="font-medium" />,
    },
    { id: "inFlight", header: t("inFlight"), width: "w-22", from: "full", align: "end", cell: ({ inFlight }) => <Num value={inFlight} /> },
    { id: "consumers", header: t("consumers"), width: "w-24", from: "full", align: "end", cell: ({ consumers }) => <Num value={consumers} /> },
    { id: "age", header: t("measured"), width: "w-30", from: "medium", align: "end", cell: ({ measuredAt }) => <Age iso={measuredAt} limitMs={DEPTH_STALE_MS} words /> },
  ];
}

function Name({ queue }: { queue: Queue }) {
  const t = useTranslations("queues");
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      {queue.deadLetterSigns.length > 0 ? (
        <Skull role="img" aria-label={t("looksDead")} className="size-3.5 shrink-0 text-red" />
      ) : (
        <span className="w-3.5 shrink-0" />
      )}
      <span className="min-w-0 truncate" title={queue.name}>
        <BrokerText mono max={300}>
          {queue.name}
        </BrokerText>
      </span>
      {queue.warnings.length > 0 && (
        <TriangleAlert role="img" aria-label={t("warnings", { count: queue.warnings.length })} className="size-3.5 shrink-0 text-amber" />
      )}
      {queue.goneAt !== null && <Badge tone="amber">{t("gone")}</Badge>}
    </span>
  );
}

function Capture({ queue }: { queue: Queue }) {
  const t = useTranslations("queues");
  if (queue.route !== null)
    return (
      <Badge look="bare" tone={queue.captureFault === null ? "grey" : "red"} icon={Route}>
        {t("byRoute", { name: visibleText(queue.route, 60) })}
      </Badge>
    );
  if (queue.capturing === true && queue.captureFault !== null)
    return (
      <Badge look="bare" tone="red" icon={CircleAlert}>
        {t("faulty")}
      </Badge>
    );
  if (queue.capturing === true)
    return (
      <Badge look="bare" tone="green" icon={CircleDot}>
        {t("capturing")}
      </Badge>
    );
  if (queue.capturing === false)
    return (
      <Badge look="bare" tone="amber" icon={Pause}>
        {t("paused")}
      </Badge>
    );
  return <span className="text-faint">{queue.deadLetterSigns.length > 0 ? t("notCaptured") : ""}</span>;
}
