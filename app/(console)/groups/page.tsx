import type { Metadata } from "next";
import { GroupsPage } from "#ui/groups/groups-page.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../_trpc/server.tsx";
import { requireActor } from "../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("groups");
  return { title: t("title") };
}

export default async function Page() {
  await requireActor();
  prefetch(trpc.sources.list.queryOptions({}));
  return (
    <HydrateClient>
      <GroupsPage />
    </HydrateClient>
  );
}
