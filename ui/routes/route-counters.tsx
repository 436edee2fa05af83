"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { cx } from "../kit/cx.ts";
import { Skeleton } from "../kit/skeleton.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { Capped, Quantile, SuccessRate } from "./numbers.tsx";
import type { RouteDetail } from "./types.ts";

/** The strip of numbers on top of a route: what waits now, and how the last hour went. */
export function RouteCounters({ route }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  const { data: hour } = useQuery(useTRPC().routes.minutes.queryOptions(route.id));
  const { counts, dead } = route;
  const at = `/routes/${route.id}`;
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded border bg-line sm:grid-cols-4 xl:grid-cols-7 max-xl:[&>:last-child]:col-span-2">
      <Cell label={t("counter.waiting")} note={t("counterNote.waiting")} href={`${at}?state=pending`}>
        <Capped value={counts.pending} tone="blue" />
      </Cell>
      <Cell label={t("counter.delivering")} note={t("counterNote.delivering")} href={`${at}?state=delivering`}>
        <Capped value={counts.delivering} tone="blue" />
      </Cell>
      <Cell label={t("counter.retrying")} note={t("counterNote.retrying")} href={`${at}?state=retrying`}>
        <Capped value={counts.retrying} tone="violet" />
      </Cell>
      <Cell label={t("counter.dead")} note={t("counterNote.dead")} href={`/messages?source=${route.sourceId}&state=dead,in_doubt`}>
        <Capped value={dead} tone="red" />
      </Cell>
      <Cell label={t("counter.success")} note={hour ? t("counterNote.success", { tries: hour.hour.delivered + hour.hour.failed }) : "…"}>
        {hour ? <SuccessRate hour={hour.hour} /> : <Skeleton className="h-6 w-16" />}
      </Cell>
      <Cell label={t("counter.p50")} note={t("counterNote.quantile")}>
        {hour ? <Quantile quantile={hour.p50} share={0.5} /> : <Skeleton className="h-6 w-16" />}
      </Cell>
      <Cell label={t("counter.p99")} note={t("counterNote.quantile")}>
        {hour ? <Quantile quantile={hour.p99} share={0.99} /> : <Skeleton className="h-6 w-16" />}
      </Cell>
    </div>
  );
}

type CellProps = { label: string; note: string; href?: string; children: ReactNode };

function Cell({ label, note, href, children }: CellProps) {
  const look = "grid min-w-0 content-start gap-0.5 bg-surface px-3.5 py-2.5";
  const content = (
    <>
      <span className="truncate text-sm text-muted">{label}</span>
      <span className="text-2xl font-semibold tracking-tight tabular-nums">{children}</span>
      <span className="truncate text-xs text-muted">{note}</span>
    </>
  );
  if (href === undefined) return <div className={look}>{content}</div>;
  return (
    <Link href={href} className={cx(look, "-outline-offset-2 hover:bg-hover")}>
      {content}
    </Link>
  );
}
