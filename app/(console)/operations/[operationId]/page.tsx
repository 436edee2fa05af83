import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { getTranslator } from "#ui/i18n/server.ts";
import { OperationPage } from "#ui/operations/operation-page.tsx";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("operations");
  return { title: t("page.title") };
}

type Props = { readonly params: Promise<{ readonly operationId: string }> };

export default async function Page({ params }: Props) {
  await requireActor();
  const id = z.uuid().safeParse((await params).operationId);
  if (!id.success) notFound();
  prefetch(trpc.operations.get.queryOptions(id.data));
  return (
    <HydrateClient>
      <OperationPage key={id.data} id={id.data} />
    </HydrateClient>
  );
}
