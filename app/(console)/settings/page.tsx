import type { Metadata } from "next";
import { getTranslator } from "#ui/i18n/server.ts";
import { PageHeader } from "#ui/kit/page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("shell");
  return { title: t("nav.settings") };
}

export default async function Page() {
  const t = await getTranslator("shell");
  return <PageHeader title={t("nav.settings")} />;
}
