import type { Metadata } from "next";
import { getTranslator } from "#ui/i18n/server.ts";
import { PageHeader } from "#ui/kit/page.tsx";
import { requireActor } from "../_trpc/session.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslator("shell");
  return { title: t("nav.overview") };
}

export default async function Page() {
  await requireActor();
  const t = await getTranslator("shell");
  return <PageHeader title={t("nav.overview")} />;
}
