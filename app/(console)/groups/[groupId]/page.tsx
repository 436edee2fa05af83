import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { GroupPage } from "#ui/groups/group-page.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

type Props = { readonly params: Promise<{ readonly groupId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("groups");
  return { title: t("group") };
}

export default async function Page({ params }: Props) {
  await requireActor();
  const id = z.uuid().safeParse((await params).groupId);
  if (!id.success) notFound();
  prefetch(trpc.people.me.queryOptions());
  prefetch(trpc.groups.get.queryOptions({ id: id.data, span: "24h" }));
  return (
    <HydrateClient>
      <GroupPage key={id.data} id={id.data} />
    </HydrateClient>
  );
}
