"use client";

import { useId } from "react";
import { useTranslations } from "use-intl";
import { GRANTABLE, type GrantableRole } from "#core/people.ts";
import { cx } from "../kit/cx.ts";

type Props = { readonly value: GrantableRole; readonly onChange: (role: GrantableRole) => void };

/** The roles that can be given, each with what it may do. */
export function RoleChoice({ value, onChange }: Props) {
  const t = useTranslations("settings.people");
  const roles = useTranslations("shell.role");
  const name = useId();
  return (
    <fieldset className="grid">
      <legend className="mb-1 font-medium">{t("role")}</legend>
      {GRANTABLE.map((role) => (
        <label
          key={role}
          className={cx(
            "-mt-px grid cursor-pointer grid-cols-[auto_1fr] items-baseline gap-x-2.5 border px-3 py-2 first-of-type:mt-0 first-of-type:rounded-t last-of-type:rounded-b hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent-text",
            role === value && "relative z-1 border-accent-text bg-accent-soft hover:bg-accent-soft",
          )}
        >
          <input type="radio" name={name} value={role} checked={role === value} onChange={() => onChange(role)} className="translate-y-px accent-accent-text outline-none" />
          <span className="font-medium">{roles(role)}</span>
          <span className="col-start-2 text-muted">{t(`roleHelp.${role}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
