import type { Metadata } from "next";
import { SetPasswordForm } from "#ui/auth/set-password-form.tsx";
import { getTranslator } from "#ui/i18n/server.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("auth"))("setPassword.title") });

export default function Page() {
  return <SetPasswordForm />;
}
