import type { Metadata } from "next";
import { getTranslator } from "#ui/i18n/server.ts";
import { AccountPage } from "#ui/settings/account-page.tsx";
import { requireActor } from "../../../_trpc/session.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("settings"))("tabs.account") });

export default async function Page() {
  const { name, email, role } = await requireActor();
  return <AccountPage person={{ name, email, role }} />;
}
