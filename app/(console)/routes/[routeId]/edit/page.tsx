import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { getTranslator } from "#ui/i18n/server.ts";
import { EditRoutePage } from "#ui/routes/form/route-form-pages.tsx";
import { HydrateClient, prefetch, trpc } from "../../../../_trpc/server.tsx";
import { requireActor } from "../../../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("routes");
  return { title: t("edit") };
}

type Props = { readonly params: Promise<{ readonly routeId: string }> };

export default async function Page({ params }: Props) {
  await requireActor();
  const id = z.uuid().safeParse((await params).routeId);
  if (!id.success) notFound();
  prefetch(trpc.connections.list.queryOptions());
  prefetch(trpc.routes.get.queryOptions(id.data));
  return (
    <HydrateClient>
      <EditRoutePage key={id.data} id={id.data} />
    </HydrateClient>
  );
}
