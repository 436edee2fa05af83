import type { Metadata } from "next";
import { auditQueryFrom } from "#core/audit.ts";
import { allows } from "#core/roles.ts";
import { AuditPage } from "#ui/audit/audit-page.tsx";
import { NoAccess } from "#ui/auth/no-access.tsx";
import { getTranslator } from "#ui/i18n/server.ts";
import { HydrateClient, prefetch, trpc } from "../../_trpc/server.tsx";
import { requireActor } from "../../_trpc/session.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslator("audit"))("title") });

type Props = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Page({ searchParams }: Props) {
  const actor = await requireActor();
  if (!allows(actor.role, "operator")) return <NoAccess title={(await getTranslator("audit"))("title")} role={actor.role} needs="operator" />;
  const query = auditQueryFrom(await searchParams);
  prefetch(trpc.audit.list.queryOptions(query));
  prefetch(trpc.audit.choices.queryOptions());
  return (
    <HydrateClient>
      <AuditPage query={query} />
    </HydrateClient>
  );
}
