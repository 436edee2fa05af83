"use client";

import { useTheme } from "next-themes";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "use-intl";
import { useReady } from "../auth/use-ready.ts";
import { LOCALE_COOKIE, LOCALE_NAMES, LOCALES } from "../i18n/locales.ts";
import { Panel } from "../kit/page.tsx";
import { usePreference } from "../kit/preferences.tsx";
import { SelectField } from "../kit/select.tsx";

const THEMES = ["system", "light", "dark"] as const;
const DENSITIES = ["dense", "comfortable"] as const;

/** Language, theme and row height. Kept in this browser, not in the account: a wall display differs from a laptop. */
export function InThisBrowser() {
  const t = useTranslations("settings.account");
  const words = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  const { theme, setTheme } = useTheme();
  const [density, setDensity] = usePreference<string>("density", "dense");
  // the server does not know this browser's theme
  const isReady = useReady();
  const chooseLanguage = (chosen: string) => {
    document.cookie = `${LOCALE_COOKIE}=${chosen}; path=/; max-age=31536000; samesite=lax`;
    router.refresh();
  };
  const chooseDensity = (chosen: string) => {
    document.documentElement.dataset["density"] = chosen;
    setDensity(chosen);
  };
  return (
    <Panel title={t("appearance")}>
      <div className="grid max-w-90 gap-4">
        <SelectField label={t("language")} value={locale} onChange={chooseLanguage} options={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))} />
        <SelectField
          label={t("theme")}
          value={isReady ? THEMES.find((each) => each === theme) : undefined}
          onChange={setTheme}
          options={[
            { value: "system", label: words("system") },
            { value: "light", label: words("light") },
            { value: "dark", label: words("dark") },
          ]}
        />
        <SelectField
          label={t("rows")}
          value={DENSITIES.find((each) => each === density)}
          onChange={chooseDensity}
          options={[
            { value: "dense", label: words("dense") },
            { value: "comfortable", label: words("comfortable") },
          ]}
        />
      </div>
    </Panel>
  );
}
