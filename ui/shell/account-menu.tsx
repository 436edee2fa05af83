"use client";

import { CircleUser, Keyboard, LogOut } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Role } from "#core/roles.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { Menu } from "../kit/menu.tsx";
import { notify } from "../kit/toast.tsx";
import { visibleText } from "../kit/visible-text.ts";

export type Account = { name: string; email: string; role: Role };

/** Ends the session at the auth routes and leaves by a full load, so that nothing of the session stays in memory. */
async function signOut(): Promise<boolean> {
  const answer = await fetch("/api/auth/sign-out", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  }).catch(() => null);
  if (!answer?.ok) return false;
  window.location.assign("/sign-in");
  return true;
}

const pressHelpKey = () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));

/** Who is signed in, as what, and the way out. */
export function AccountMenu({ account }: { account: Account | null }) {
  const t = useTranslations("shell");
  const leave = async () => {
    if (!(await signOut())) notify.failed(t("signOutFailed"), { description: t("signOutFailedHint") });
  };
  return (
    <Menu
      trigger={<IconButton icon={CircleUser} label={t("account")} />}
      items={[
        ...(account
          ? [
              {
                kind: "heading" as const,
                label: (
                  <>
                    <span className="block truncate font-medium text-ink">{visibleText(account.name, 60)}</span>
                    <span className="block truncate">{visibleText(account.email, 80)}</span>
                    <span className="block">{t(`role.${account.role}`)}</span>
                  </>
                ),
              },
              { kind: "separator" as const },
            ]
          : []),
        // The menu still counts as open at this moment, and shortcuts rest while one is.
        { label: t("shortcuts"), icon: Keyboard, keys: "?", onSelect: () => setTimeout(pressHelpKey, 50) },
        ...(account ? [{ label: t("signOut"), icon: LogOut, onSelect: () => void leave() }] : []),
      ]}
    />
  );
}
