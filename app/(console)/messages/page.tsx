import type { Metadata } from "next";
import { facetsInput, listInput, readAddress } from "#ui/dead-letters/list-address.ts";
import { DeadLettersPage } from "#ui/dead-letters/dead-letters-page.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../_trpc/server.tsx";
import { requireActor } from "../../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("messages");
  return { title: t("title") };
}

type Props = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ searchParams }: Props) {
  await requireActor();
  const said = Object.entries(await searchParams).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  const address = readAddress(new URLSearchParams(said));
  // not the counts: they may take longer than the list, and the page waits for what is asked here
  prefetch(trpc.messages.list.queryOptions(listInput(address)));
  prefetch(trpc.messages.facets.queryOptions(facetsInput(address.chosen)));
  return (
    <HydrateClient>
      <DeadLettersPage />
    </HydrateClient>
  );
}
