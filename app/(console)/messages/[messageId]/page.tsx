import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { getTranslator } from "#ui/i18n/server.ts";
import { MessagePage } from "#ui/message/message-page.tsx";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("messages");
  return { title: t("pane") };
}

type Props = { readonly params: Promise<{ readonly messageId: string }> };

export default async function Page({ params }: Props) {
  await requireActor();
  const id = z.uuid().safeParse((await params).messageId);
  if (!id.success) notFound();
  prefetch(trpc.messages.get.queryOptions(id.data));
  return (
    <HydrateClient>
      <MessagePage key={id.data} id={id.data} />
    </HydrateClient>
  );
}
