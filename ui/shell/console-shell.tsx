"use client";

import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { cx } from "../kit/cx.ts";
import { PaletteProvider, useCommands } from "../kit/palette.tsx";
import { usePreference } from "../kit/preferences.tsx";
import { useShortcuts } from "../kit/shortcuts.tsx";
import { ShortcutsDialog } from "../kit/shortcuts-dialog.tsx";
import { solidTone, type Tone } from "../kit/tone.ts";
import type { Account } from "./account-menu.tsx";
import { NAV } from "./nav.ts";
import { Rail } from "./rail.tsx";
import { TopBar } from "./top-bar.tsx";

/** `production` is drawn so that it can not be taken for anything else. */
export type Environment = { name: string; tone: Tone; production: boolean };

type Props = {
  environment: Environment;
  account: Account | null;
  /** A LiveIndicator. */
  live?: ReactNode;
  /** Further signs in the top bar, e.g. alerts. */
  notices?: ReactNode;
  children: ReactNode;
};

/** Everything around a page of the console: rail, top bar, palette, keys. */
export function ConsoleShell({ environment, account, live = null, notices = null, children }: Props) {
  const t = useTranslations("shell");
  const [collapsed, setCollapsed] = usePreference("rail.collapsed", false);
  const { production, tone } = environment;
  return (
    <PaletteProvider>
      <a
        href="#main"
        className="fixed top-1 left-1 z-50 -translate-y-16 rounded bg-inverse px-3 py-1.5 text-inverse-ink focus:translate-y-0"
      >
        {t("skip")}
      </a>
      <div className="flex h-dvh flex-col">
        {production && <div aria-hidden className={cx("h-1 shrink-0", solidTone[tone])} />}
        <div className="flex min-h-0 flex-1">
          <Rail collapsed={collapsed} onCollapse={setCollapsed} />
          <div className="flex min-w-0 flex-1 flex-col">
            <TopBar environment={environment} account={account} live={live} notices={notices} />
            <main
              id="main"
              tabIndex={-1}
              className="scroll-thin flex min-h-0 flex-1 flex-col overflow-auto outline-none"
            >
              {children}
            </main>
          </div>
        </div>
      </div>
      <NavigationKeys />
      <ShortcutsDialog />
    </PaletteProvider>
  );
}

/** Every place of the rail, by key and in the palette. */
function NavigationKeys() {
  const t = useTranslations("shell");
  const router = useRouter();
  const places = NAV.map(({ href, name, icon, keys }) => ({
    keys,
    icon,
    id: href,
    label: t(`nav.${name}`),
    group: t("goTo"),
    run: () => router.push(href),
  }));
  useShortcuts(t("goTo"), places);
  useCommands(places);
  return null;
}
