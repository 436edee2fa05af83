import type { Metadata } from "next";
import { getTranslator } from "#ui/i18n/server.ts";
import { RoutesPage } from "#ui/routes/routes-page.tsx";
import { HydrateClient, prefetch, trpc } from "../../_trpc/server.tsx";
import { requireActor } from "../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("routes");
  return { title: t("title") };
}

export default async function Page() {
  await requireActor();
  prefetch(trpc.routes.list.queryOptions());
  return (
    <HydrateClient>
      <RoutesPage />
    </HydrateClient>
  );
}
