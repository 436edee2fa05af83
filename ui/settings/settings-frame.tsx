"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { allows, type Role } from "#core/roles.ts";
import { cx } from "../kit/cx.ts";
import { PageHeader } from "../kit/page.tsx";

const TABS = [
  { name: "account", needs: "viewer" },
  { name: "people", needs: "admin" },
  { name: "api-keys", needs: "admin" },
  { name: "connections", needs: "viewer" },
  { name: "environment", needs: "admin" },
  { name: "about", needs: "viewer" },
] as const satisfies readonly { readonly name: string; readonly needs: Role }[];

/** The head of all settings: one tab a page, those above the reader's role left out. */
export function SettingsFrame({ role, children }: { readonly role: Role; readonly children: ReactNode }) {
  const t = useTranslations("settings");
  const path = usePathname();
  return (
    <>
      <PageHeader title={t("title")} />
      <nav aria-label={t("tabs.label")} className="scroll-thin flex shrink-0 gap-4 overflow-x-auto border-b px-4">
        {TABS.filter(({ needs }) => allows(role, needs)).map(({ name }) => {
          const here = path === `/settings/${name}` || path.startsWith(`/settings/${name}/`);
          return (
            <Link
              key={name}
              href={`/settings/${name}`}
              aria-current={here ? "page" : undefined}
              className={cx(
                "-mb-px flex h-9 items-center border-b-2 border-transparent font-medium whitespace-nowrap text-muted -outline-offset-2 hover:text-ink",
                here && "border-accent-text text-ink",
              )}
            >
              {t(`tabs.${name}`)}
            </Link>
          );
        })}
      </nav>
      {children}
    </>
  );
}

type SettingsPageProps = {
  readonly lead: ReactNode;
  readonly actions?: ReactNode;
  /** For tables; forms stay narrow. */
  readonly wide?: boolean;
  readonly children: ReactNode;
};

/** One tab's content: what it is for, then its panels. */
export function SettingsPage({ lead, actions, wide = false, children }: SettingsPageProps) {
  return (
    <div className={cx("grid w-full content-start gap-4 p-4", !wide && "max-w-180")}>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <p className="max-w-prose min-w-0 text-muted">{lead}</p>
        {actions}
      </div>
      {children}
    </div>
  );
}
