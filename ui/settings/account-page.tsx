"use client";

import { useTranslations } from "use-intl";
import type { Role } from "#core/roles.ts";
import { Badge } from "../kit/badge.tsx";
import { Details, Panel } from "../kit/page.tsx";
import { ChangePassword } from "./change-password.tsx";
import { InThisBrowser } from "./in-this-browser.tsx";
import { SettingsPage } from "./settings-frame.tsx";

type Props = { readonly person: { readonly name: string; readonly email: string; readonly role: Role } };

export function AccountPage({ person }: Props) {
  const t = useTranslations("settings");
  const fields = useTranslations("auth");
  const roles = useTranslations("shell.role");
  return (
    <SettingsPage lead={t("account.lead")}>
      <Panel title={t("account.profile")}>
        <Details
          items={[
            { label: t("people.name"), value: <bdi className="font-medium">{person.name}</bdi> },
            { label: fields("signIn.email"), value: <bdi>{person.email}</bdi> },
            {
              label: t("people.role"),
              value: (
                <span className="flex flex-wrap items-baseline gap-x-2">
                  <Badge>{roles(person.role)}</Badge>
                  <span className="text-muted">{t(`people.roleHelp.${person.role}`)}</span>
                </span>
              ),
            },
          ]}
        />
      </Panel>
      <ChangePassword email={person.email} />
      <InThisBrowser />
    </SettingsPage>
  );
}
