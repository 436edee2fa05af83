"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { allows, type Role } from "#core/roles.ts";
import { useTRPC } from "../trpc/client.tsx";

/** Why the person at the screen may not do what needs this role, for a grey button; null when they may. */
export function useRefusal(needs: Role): string | null {
  const t = useTranslations("brokers");
  const trpc = useTRPC();
  const { data } = useQuery({ ...trpc.people.me.queryOptions(), staleTime: 60_000, refetchInterval: false });
  // unknown for a moment: the server refuses anyway
  if (data === undefined || allows(data.role, needs)) return null;
  return t("needsRole", { needs: t(`role.${needs}`), has: t(`role.${data.role}`) });
}
