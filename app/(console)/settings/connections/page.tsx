import type { Metadata } from "next";
import { ConnectionsPage } from "#ui/connections/connections-page.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("brokers");
  return { title: t("connections.title") };
}

export default async function Page() {
  await requireActor();
  prefetch(trpc.people.me.queryOptions());
  prefetch(trpc.connections.list.queryOptions());
  return (
    <HydrateClient>
      <ConnectionsPage />
    </HydrateClient>
  );
}
