import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { database } from "#server/database.ts";
import { setupClosed } from "#server/services/first-owner.ts";
import { nextPath } from "#ui/auth/next-path.ts";
import { SignInForm } from "#ui/auth/sign-in-form.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { requestContext } from "../../_trpc/session.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("auth"))("signIn.title") });

type Props = { readonly searchParams: Promise<{ readonly next?: string | string[]; readonly reason?: string | string[] }> };

export default async function Page({ searchParams }: Props) {
  const { next, reason } = await searchParams;
  const path = nextPath(typeof next === "string" ? next : null);
  const { actor } = await requestContext();
  if (actor !== null) redirect(path);
  if (!(await setupClosed(database().db))) redirect("/setup");
  return <SignInForm next={path} reason={reason === "ended" || reason === "password-set" ? reason : null} />;
}
