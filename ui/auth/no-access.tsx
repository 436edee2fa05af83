"use client";

import { Lock } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Role } from "#core/roles.ts";
import { EmptyState } from "../kit/empty-state.tsx";

/** Instead of a page that is above the reader's role. The API refuses on its own; this only says so kindly. */
export function NoAccess({ role, needs }: { readonly role: Role; readonly needs: Role }) {
  const t = useTranslations("auth.noAccess");
  const roles = useTranslations("shell.role");
  return (
    <EmptyState icon={Lock} title={t("title", { needs: roles(needs) })}>
      {t("body", { role: roles(role) })}
    </EmptyState>
  );
}
