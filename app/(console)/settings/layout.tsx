import type { Metadata } from "next";
import type { ReactNode } from "react";
import { getTranslator } from "#ui/i18n/server.ts";
import { SettingsFrame } from "#ui/settings/settings-frame.tsx";
import { requireActor } from "../../_trpc/session.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("settings"))("title") });

export default async function SettingsLayout({ children }: { readonly children: ReactNode }) {
  const { role } = await requireActor();
  return <SettingsFrame role={role}>{children}</SettingsFrame>;
}
