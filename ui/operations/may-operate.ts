"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { allows } from "#core/roles.ts";
import { useTRPC } from "../trpc/client.tsx";

/** Why this person may not give orders, or null when they may (or nobody knows yet: the server decides anyway). */
export function useMayOperate(): string | null {
  const t = useTranslations("operations");
  const me = useQuery(useTRPC().people.me.queryOptions(undefined, { staleTime: 60_000, refetchInterval: false, meta: { live: "never" } }));
  return me.data && !allows(me.data.role, "operator") ? t("refused.forbidden") : null;
}
