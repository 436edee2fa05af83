"use client";

import { Lock } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Role } from "#core/roles.ts";
import { EmptyState } from "../kit/empty-state.tsx";

/** Instead of a page that is above the reader's role. The API refuses on its own; this only says so kindly. */
export function NoAccess({ role, needs }: { readonly role: Role; readonly needs: Role }) {
  const t = useTranslations("auth");
  return (
    <EmptyState icon={Lock} title={t("noAccess.title", { needs: t(`roles.${needs}`) })}>
      {t("noAccess.body", { role: t(`roles.${role}`) })}
    </EmptyState>
  );
}
