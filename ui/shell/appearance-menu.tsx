"use client";

import { SunMoon } from "lucide-react";
import { useTheme } from "next-themes";
import { useTranslations } from "use-intl";
import { IconButton } from "../kit/icon-button.tsx";
import { Menu } from "../kit/menu.tsx";
import { usePreference } from "../kit/preferences.tsx";

/** Light, dark or as the system; rows dense or comfortable. */
export function AppearanceMenu() {
  const t = useTranslations("shell");
  const { theme = "system", setTheme } = useTheme();
  const [density, setDensity] = usePreference("density", "dense");
  const applyDensity = (chosen: string) => {
    document.documentElement.dataset["density"] = chosen;
    setDensity(chosen);
  };
  return (
    <Menu
      trigger={<IconButton icon={SunMoon} label={t("appearance")} />}
      items={[
        { kind: "heading", label: t("theme") },
        {
          kind: "choice",
          name: t("theme"),
          value: theme,
          onChange: setTheme,
          options: [
            { value: "light", label: t("light") },
            { value: "dark", label: t("dark") },
            { value: "system", label: t("system") },
          ],
        },
        { kind: "separator" },
        { kind: "heading", label: t("rows") },
        {
          kind: "choice",
          name: t("rows"),
          value: density,
          onChange: applyDensity,
          options: [
            { value: "dense", label: t("dense") },
            { value: "comfortable", label: t("comfortable") },
          ],
        },
      ]}
    />
  );
}
