import type { Metadata } from "next";
import { OverviewPage } from "#ui/overview/overview-page.tsx";
import { TOP_GROUPS } from "#ui/overview/top-groups.ts";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../_trpc/server.tsx";
import { requireActor } from "../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("overview");
  return { title: t("title") };
}

export default async function Page() {
  await requireActor();
  prefetch(trpc.people.me.queryOptions());
  prefetch(trpc.overview.places.queryOptions());
  prefetch(trpc.overview.counters.queryOptions());
  prefetch(trpc.overview.flow.queryOptions());
  prefetch(trpc.overview.workers.queryOptions());
  prefetch(trpc.overview.uncaptured.queryOptions());
  prefetch(trpc.groups.list.queryOptions({ sort: "open", limit: TOP_GROUPS, span: "1h" }));
  return (
    <HydrateClient>
      <OverviewPage />
    </HydrateClient>
  );
}
