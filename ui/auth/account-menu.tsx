"use client";

import { LogOut, Settings2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "use-intl";
import type { Role } from "#core/roles.ts";
import { Menu } from "../kit/menu.tsx";
import { notify } from "../kit/toast.tsx";
import { signOut } from "./sign-out.ts";

type Props = { readonly person: { readonly name: string; readonly email: string; readonly role: Role } };

/** Who is signed in, as what, and the way out. For the top bar. */
export function AccountMenu({ person }: Props) {
  const t = useTranslations("auth");
  const router = useRouter();
  const leave = async () => {
    if (!(await signOut())) notify.failed(t("account.signOutFailed"));
  };
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t("account.menu", { name: person.name })}
          className="grid size-7 shrink-0 place-items-center rounded bg-grey-soft text-sm font-semibold text-grey uppercase hover:bg-hover"
        >
          <span aria-hidden>{initials(person.name)}</span>
        </button>
      }
      items={[
        {
          kind: "heading",
          label: (
            <span className="grid min-w-0 py-0.5">
              <bdi className="truncate text-base font-medium text-ink">{person.name}</bdi>
              <bdi className="truncate">{person.email}</bdi>
              <span>{t(`roles.${person.role}`)}</span>
            </span>
          ),
        },
        { kind: "separator" },
        { label: t("account.settings"), icon: Settings2, onSelect: () => router.push("/settings/account") },
        { label: t("account.signOut"), icon: LogOut, onSelect: () => void leave() },
      ]}
    />
  );
}

/** "Ada Lovelace" -> "AL", "王小明" -> "王". */
function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const first = [...(words[0] ?? "")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return first + last;
}
