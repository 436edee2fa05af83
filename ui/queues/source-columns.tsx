"use client";

import { CircleAlert, CircleDot, Pause, Route, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { Num } from "../kit/num.tsx";
import type { Column } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import { visibleText } from "../kit/visible-text.ts";
import type { Outputs } from "../trpc/outputs.ts";
import { useSpanWords } from "./watch-field.tsx";

export type Source = Outputs["sources"]["list"][number];

/** Whether a source captures, is paused, or wants to and can not. */
export function SourceState({ source }: { source: Source }) {
  const t = useTranslations("queues");
  if (!source.capturing)
    return (
      <Badge tone="amber" icon={Pause}>
        {t("paused")}
      </Badge>
    );
  if (source.faultCode !== null)
    return (
      <Badge tone="red" icon={CircleAlert}>
        {t("faulty")}
      </Badge>
    );
  return (
    <Badge tone="green" icon={CircleDot}>
      {t("capturing")}
    </Badge>
  );
}

/** The columns of the list of sources. */
export function useSourceColumns(): Column<Source>[] {
  const t = useTranslations("queues");
  const span = useSpanWords();
  return [
    {
      id: "name",
      header: t("name"),
      cell: (source) => (
        <span title={source.name} className="inline-flex max-w-full items-center gap-1.5">
          <BrokerText mono max={300}>
            {source.name}
          </BrokerText>
          {source.route !== null && <Route aria-label={t("byRoute", { name: visibleText(source.route, 60) })} className="size-3.5 shrink-0 text-muted" />}
          {source.noticedAt !== null && <TriangleAlert aria-label={t("noticed")} className="size-3.5 shrink-0 text-amber" />}
        </span>
      ),
    },
    { id: "connection", header: t("connection"), width: "w-44", from: "wide", cell: (source) => source.connection },
    { id: "state", header: t("capture"), width: "w-32", cell: (source) => <SourceState source={source} /> },
    { id: "watch", header: t("watchShort"), width: "w-28", from: "wide", cell: (source) => span(source.watchSeconds) },
    {
      id: "open",
      header: t("open"),
      width: "w-28",
      align: "end",
      cell: (source) => (
        <Link href={`/messages?source=${source.id}&state=dead,in_doubt`} className="font-medium hover:underline">
          <Num value={source.open.count} kind={source.open.capped ? "at_least" : "exact"} />
        </Link>
      ),
    },
    { id: "captured", header: t("capturedCount"), width: "w-28", from: "medium", align: "end", cell: (source) => <Num value={source.captured} /> },
    {
      id: "last",
      header: t("lastCaptured"),
      width: "w-28",
      from: "medium",
      align: "end",
      cell: (source) => <Time iso={source.lastCapturedAt} className="text-muted" />,
    },
  ];
}
