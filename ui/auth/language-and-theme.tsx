"use client";

import { Languages, SunMoon } from "lucide-react";
import { useTheme } from "next-themes";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "use-intl";
import { LOCALE_NAMES, LOCALES } from "../i18n/locales.ts";
import { Button } from "../kit/button.tsx";
import { Menu } from "../kit/menu.tsx";
import { rememberLanguage } from "./language.ts";
import { THEMES } from "./themes.ts";

/** Two small menus for visitors, who have no account settings yet. */
export function LanguageAndTheme() {
  const t = useTranslations("auth");
  const locale = useLocale();
  const router = useRouter();
  const { theme = "system", setTheme } = useTheme();
  const languages = LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }));
  const chooseLanguage = (value: string) => {
    const chosen = LOCALES.find((each) => each === value);
    if (chosen === undefined) return;
    rememberLanguage(chosen);
    router.refresh();
  };
  return (
    <>
      <Menu
        align="start"
        side="top"
        trigger={
          <Button variant="ghost" size="sm">
            <Languages aria-hidden />
            {LOCALE_NAMES[locale]}
          </Button>
        }
        items={[{ kind: "choice", name: t("language"), value: locale, options: languages, onChange: chooseLanguage }]}
      />
      <Menu
        align="start"
        side="top"
        trigger={
          <Button variant="ghost" size="sm">
            <SunMoon aria-hidden />
            {t("theme")}
          </Button>
        }
        items={[
          {
            kind: "choice",
            name: t("theme"),
            value: theme,
            options: THEMES.map((value) => ({ value, label: t(`themes.${value}`) })),
            onChange: setTheme,
          },
        ]}
      />
    </>
  );
}
