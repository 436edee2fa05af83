import type { Metadata } from "next";
import { getTranslator } from "#ui/i18n/server.ts";
import { NewRoutePage } from "#ui/routes/form/route-form-pages.tsx";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("routes");
  return { title: t("new") };
}

export default async function Page() {
  await requireActor();
  prefetch(trpc.connections.list.queryOptions());
  return (
    <HydrateClient>
      <NewRoutePage />
    </HydrateClient>
  );
}
