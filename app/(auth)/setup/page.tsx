import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { database } from "#server/database.ts";
import { setupClosed } from "#server/services/first-owner.ts";
import { SetupForm } from "#ui/auth/setup-form.tsx";
import { getTranslator } from "#ui/i18n/server.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("auth"))("setup.title") });

export default async function Page() {
  if (await setupClosed(database().db)) redirect("/sign-in");
  return <SetupForm />;
}
