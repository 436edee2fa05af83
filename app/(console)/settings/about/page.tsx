import type { Metadata } from "next";
import { getTranslator } from "#ui/i18n/server.ts";
import { AboutPage } from "#ui/settings/about-page.tsx";
import { HydrateClient, prefetch, trpc } from "../../../_trpc/server.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("settings"))("tabs.about") });

export default async function Page() {
  await requireActor();
  prefetch(trpc.environment.about.queryOptions());
  return (
    <HydrateClient>
      <AboutPage />
    </HydrateClient>
  );
}
