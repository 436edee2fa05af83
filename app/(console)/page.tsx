import type { Metadata } from "next";
import { OverviewPage } from "#ui/overview/overview-page.tsx";
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
  return (
    <HydrateClient>
      <OverviewPage />
    </HydrateClient>
  );
}
