import type { Metadata } from "next";
import { allows } from "#core/roles.ts";
import { NoAccess } from "#ui/auth/no-access.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { PeoplePage } from "#ui/people/people-page.tsx";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("settings"))("tabs.people") });

export default async function Page() {
  const actor = await requireActor();
  if (!allows(actor.role, "admin")) return <NoAccess role={actor.role} needs="admin" />;
  prefetch(trpc.people.list.queryOptions());
  return (
    <HydrateClient>
      <PeoplePage meId={actor.id} />
    </HydrateClient>
  );
}
