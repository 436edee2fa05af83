"use client";

import { Languages } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "use-intl";
import { LOCALE_COOKIE, LOCALE_NAMES, LOCALES } from "../i18n/locales.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { Menu } from "../kit/menu.tsx";

/** The language, kept in a cookie; the page is drawn again in it without losing its state. */
export function LanguageMenu() {
  const t = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  const change = (chosen: string) => {
    document.cookie = `${LOCALE_COOKIE}=${chosen}; path=/; max-age=31536000; samesite=lax`;
    router.refresh();
  };
  return (
    <Menu
      trigger={<IconButton icon={Languages} label={t("language")} />}
      items={[
        {
          kind: "choice",
          name: t("language"),
          value: locale,
          onChange: change,
          options: LOCALES.map((value) => ({ value, label: <span lang={value}>{LOCALE_NAMES[value]}</span> })),
        },
      ]}
    />
  );
}
