import type { Metadata } from "next";
import { allows } from "#core/roles.ts";
import { ApiKeysPage } from "#ui/api-keys/api-keys-page.tsx";
import { NoAccess } from "#ui/auth/no-access.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("settings"))("tabs.api-keys") });

export default async function Page() {
  const actor = await requireActor();
  if (!allows(actor.role, "admin")) return <NoAccess role={actor.role} needs="admin" />;
  prefetch(trpc.apiKeys.list.queryOptions());
  return (
    <HydrateClient>
      <ApiKeysPage />
    </HydrateClient>
  );
}
