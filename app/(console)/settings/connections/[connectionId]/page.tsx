import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { EditConnectionPage } from "#ui/connections/edit-connection-page.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../../../_trpc/server.tsx";
import { requireActor } from "../../../../_trpc/session.ts";

type Props = { readonly params: Promise<{ readonly connectionId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("brokers");
  return { title: t("connections.title") };
}

export default async function Page({ params }: Props) {
  await requireActor();
  const id = z.uuid().safeParse((await params).connectionId);
  if (!id.success) notFound();
  prefetch(trpc.connections.get.queryOptions(id.data));
  return (
    <HydrateClient>
      <EditConnectionPage key={id.data} id={id.data} />
    </HydrateClient>
  );
}
