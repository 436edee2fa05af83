"use client";

import { Lock } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Role } from "#core/roles.ts";
import { EmptyState } from "../kit/empty-state.tsx";
import { PageHeader } from "../kit/page.tsx";

type Props = {
  /** The page's title, where no layout gives it one. */
  readonly title?: string;
  readonly role: Role;
  readonly needs: Role;
};

/** Instead of a page that is above the reader's role. The API refuses on its own; this only says so kindly. */
export function NoAccess({ title, role, needs }: Props) {
  const t = useTranslations("auth.noAccess");
  const roles = useTranslations("shell.role");
  return (
    <>
      {title !== undefined && <PageHeader title={title} />}
      <EmptyState icon={Lock} title={t("title", { needs: roles(needs) })}>
        {t("body", { role: roles(role) })}
      </EmptyState>
    </>
  );
}
