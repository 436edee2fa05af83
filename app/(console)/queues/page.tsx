import type { Metadata } from "next";
import { QueuesPage } from "#ui/queues/queues-page.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../_trpc/server.tsx";
import { requireActor } from "../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("queues");
  return { title: t("title") };
}

export default async function Page() {
  await requireActor();
  prefetch(trpc.people.me.queryOptions());
  prefetch(trpc.sources.list.queryOptions({}));
  prefetch(trpc.connections.list.queryOptions());
  return (
    <HydrateClient>
      <QueuesPage />
    </HydrateClient>
  );
}
