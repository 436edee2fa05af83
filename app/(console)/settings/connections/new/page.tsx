import type { Metadata } from "next";
import { NewConnectionPage } from "#ui/connections/new-connection-page.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../../../_trpc/server.tsx";
import { requireActor } from "../../../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("brokers");
  return { title: t("form.newTitle") };
}

export default async function Page() {
  await requireActor();
  prefetch(trpc.people.me.queryOptions());
  return (
    <HydrateClient>
      <NewConnectionPage />
    </HydrateClient>
  );
}
