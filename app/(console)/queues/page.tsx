import type { Metadata } from "next";
import { FIRST_QUEUES, queueFilterFrom } from "#ui/queues/queue-filter.ts";
import { QueuesPage } from "#ui/queues/queues-page.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../_trpc/server.tsx";
import { requireActor } from "../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("queues");
  return { title: t("title") };
}

type Props = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ searchParams }: Props) {
  await requireActor();
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams)) if (typeof value === "string") search.set(name, value);
  prefetch(trpc.queues.list.queryOptions({ ...queueFilterFrom(search), limit: FIRST_QUEUES }));
  prefetch(trpc.people.me.queryOptions());
  prefetch(trpc.sources.list.queryOptions({}));
  prefetch(trpc.connections.list.queryOptions());
  return (
    <HydrateClient>
      <QueuesPage />
    </HydrateClient>
  );
}
