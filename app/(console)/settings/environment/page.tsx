import type { Metadata } from "next";
import { allows } from "#core/roles.ts";
import { database } from "#server/database.ts";
import { readEnvironment } from "#server/services/environment.ts";
import { NoAccess } from "#ui/auth/no-access.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { EnvironmentPage } from "#ui/settings/environment-page.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("settings"))("tabs.environment") });

export default async function Page() {
  const actor = await requireActor();
  if (!allows(actor.role, "admin")) return <NoAccess role={actor.role} needs="admin" />;
  return <EnvironmentPage stored={await readEnvironment(database().db)} />;
}
