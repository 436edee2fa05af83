import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { getTranslator } from "#ui/i18n/server.ts";
import { DeliveryPage } from "#ui/routes/delivery-page.tsx";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("routes");
  return { title: t("delivery.title") };
}

type Props = { readonly params: Promise<{ readonly deliveryId: string }> };

export default async function Page({ params }: Props) {
  await requireActor();
  const id = z.uuid().safeParse((await params).deliveryId);
  if (!id.success) notFound();
  prefetch(trpc.deliveries.get.queryOptions(id.data));
  return (
    <HydrateClient>
      <DeliveryPage key={id.data} id={id.data} />
    </HydrateClient>
  );
}
