"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowRight, CircleAlert, TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Fault } from "../brokers/fault.tsx";
import { Notices } from "../brokers/notices.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import { ButtonLink } from "../kit/button.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { PageHeader } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { useSearch } from "../kit/use-search.ts";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { AttemptsTab } from "./attempts-tab.tsx";
import { BreakerCard } from "./breaker-card.tsx";
import { DeliveriesTab } from "./deliveries-tab.tsx";
import { DestinationText } from "./destination-text.tsx";
import { ErrorsTab } from "./errors-tab.tsx";
import { RetrySchedule } from "./retry-schedule.tsx";
import { RouteActions } from "./route-actions.tsx";
import { RouteCounters } from "./route-counters.tsx";
import { RouteFacts } from "./route-facts.tsx";
import { RouteFlow } from "./route-flow.tsx";
import { RouteState } from "./route-state.tsx";
import { standingOf } from "./faces.ts";
import type { RouteDetail } from "./types.ts";

const TABS = ["deliveries", "attempts", "errors", "schedule", "facts"] as const;
type TabName = (typeof TABS)[number];

/** One route: how it stands, what it did in the last hour, what waits in it, and how to steer it. */
export function RoutePage({ id }: { readonly id: string }) {
  const t = useTranslations("routes");
  const route = useQuery(useTRPC().routes.get.queryOptions(id));
  if (route.isError && route.data === undefined) {
    const gone = refusalOf(route.error)?.code === "not_found";
    return (
      <ErrorState
        title={gone ? t("notFound") : t("failed")}
        safe={gone ? t("notFoundHelp") : t("failedSafe")}
        {...(gone ? {} : { onRetry: () => void route.refetch() })}
        retrying={route.isFetching}
        action={<ButtonLink href="/routes">{t("title")}</ButtonLink>}
      />
    );
  }
  if (route.data === undefined) return <Loading />;
  return <Known route={route.data} />;
}

function Known({ route }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  const [search, setSearch] = useSearch();
  const asked = search.get("tab");
  const tab: TabName = TABS.find((each) => each === asked) ?? "deliveries";
  const content: Record<TabName, ReactNode> = {
    deliveries: <DeliveriesTab route={route} />,
    attempts: <AttemptsTab routeId={route.id} />,
    errors: <ErrorsTab routeId={route.id} />,
    schedule: (
      <div className="max-w-5xl p-4">
        <RetrySchedule policy={route.definition.retry} />
      </div>
    ),
    facts: <RouteFacts route={route} />,
  };
  return (
    <div className="flex flex-1 flex-col">
      <PageHeader
        above={
          <Link href="/routes" className="text-sm text-muted hover:text-ink">
            {t("title")}
          </Link>
        }
        title={
          <span className="flex flex-wrap items-center gap-2.5">
            {visibleText(route.name)}
            <RouteState route={route} />
          </span>
        }
        actions={<RouteActions route={route} />}
      />
      <div className="grid gap-4 px-4 pb-4">
        <p className="-mt-1 flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 truncate" title={visibleText(route.source)}>
            <BrokerText mono max={200}>
              {route.source}
            </BrokerText>
            <span className="text-muted"> · {visibleText(route.connection, 80)}</span>
          </span>
          <ArrowRight aria-hidden className="size-3.5 shrink-0 text-faint" />
          <DestinationText destination={route.destination} />
        </p>
        <Trouble route={route} />
        <AtMostOnce route={route} />
        <Notices sourceId={route.sourceId} />
        <RouteCounters route={route} />
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
          <RouteFlow routeId={route.id} />
          <BreakerCard route={route} />
        </div>
      </div>
      <div className="flex min-h-128 flex-1 flex-col border-t">
        <Tabs label={t("tabs")} value={tab} onChange={(next) => setSearch({ tab: next === "deliveries" ? null : next })} tabs={TABS.map((value) => ({ value, label: t(`tab.${value}`), content: content[value] }))} />
      </div>
    </div>
  );
}

/** What keeps the route from reading or delivering, said before the numbers. */
function Trouble({ route }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  const standing = standingOf(route);
  const held = standing === "breaker" || standing === "full" || standing === "guard";
  const queue = route.sourceFaultCode;
  if (!held && queue === null && route.faultCode === null) return null;
  return (
    <div role="status" className="grid gap-2 rounded border border-line-strong bg-sunken px-3 py-2">
      {held && (
        <p className="flex items-start gap-1.5">
          <CircleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0 text-amber" />
          <span>{t(`stateHelp.${standing}`)}</span>
        </p>
      )}
      {queue !== null && (
        <div>
          <p className="font-medium">{t("sourceFault")}</p>
          <Fault code={queue} detail={route.sourceFaultDetail} since={route.sourceFaultAt} />
        </div>
      )}
      {route.faultCode !== null && (
        <div>
          <p className="font-medium">{t("routeFault")}</p>
          <Fault code={route.faultCode} detail={route.faultDetail} since={route.faultAt} />
        </div>
      )}
    </div>
  );
}

/** Where no broker keeps the messages, on either end, it is said before the numbers. */
function AtMostOnce({ route }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  const { destination } = route.definition;
  const said = [
    ...(route.custody === "heard" ? [t("atMostOnce.from", { name: visibleText(route.source, 80) })] : []),
    ...(destination.kind === "queue" && destination.target.kind === "nats" && destination.target.delivery === "at_most_once" ? [t("atMostOnce.to")] : []),
  ];
  return said.map((text) => (
    <p key={text} className="flex items-start gap-1.5 text-amber">
      <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0" />
      <span>{text}</span>
    </p>
  ));
}

function Loading() {
  return (
    <div aria-busy className="grid gap-4 p-4">
      <Skeleton className="h-6 w-72" />
      <Skeleton className="h-16 w-full" />
      <Skeleton className="h-48 w-full" />
    </div>
  );
}
