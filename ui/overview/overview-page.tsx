"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { PageHeader } from "../kit/page.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { Counters } from "./counters.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { FlowPanel } from "./flow-panel.tsx";
import { PlacesPanel } from "./places-panel.tsx";
import { TopGroupsPanel } from "./top-groups-panel.tsx";
import { UncapturedPanel } from "./uncaptured-panel.tsx";
import { WorkersPanel } from "./workers-panel.tsx";

/** The first page: is anything wrong, since when, how much of it, and does Redrive itself work. */
export function OverviewPage() {
  const t = useTranslations("overview");
  const trpc = useTRPC();
  const places = useQuery(trpc.overview.places.queryOptions(undefined, { meta: { live: "slow" } }));
  const begun = places.data === undefined || places.data.sources > 0;
  return (
    <>
      <PageHeader title={t("title")} />
      <div className="grid gap-4 px-4 pb-6">
        {places.data !== undefined && !begun && <FirstSteps connections={places.data.connections} />}
        {begun && <Counters />}
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="grid min-w-0 gap-4">
            {begun && <FlowPanel />}
            {begun && <TopGroupsPanel />}
            {!begun && <WorkersPanel />}
          </div>
          <div className="grid min-w-0 gap-4 md:max-xl:grid-cols-2 md:max-xl:items-start">
            <UncapturedPanel />
            <PlacesPanel />
            {begun && <WorkersPanel />}
          </div>
        </div>
      </div>
    </>
  );
}
