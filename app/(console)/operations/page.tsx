import type { Metadata } from "next";
import { getTranslator } from "#ui/i18n/server.ts";
import { OperationsPage } from "#ui/operations/operations-page.tsx";
import { HydrateClient, prefetch, trpc } from "../../_trpc/server.tsx";
import { requireActor } from "../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("operations");
  return { title: t("page.title") };
}

export default async function Page() {
  await requireActor();
  prefetch(trpc.operations.list.queryOptions({}));
  return (
    <HydrateClient>
      <OperationsPage />
    </HydrateClient>
  );
}
