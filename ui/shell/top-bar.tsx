"use client";

import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Kbd } from "../kit/kbd.tsx";
import { useOpenPalette } from "../kit/palette.tsx";
import { type Account, AccountMenu } from "./account-menu.tsx";
import { AppearanceMenu } from "./appearance-menu.tsx";
import type { Environment } from "./console-shell.tsx";
import { EnvironmentChip } from "./environment-chip.tsx";
import { LanguageMenu } from "./language-menu.tsx";

type Props = { environment: Environment; account: Account | null; live: ReactNode; notices: ReactNode };

/** Which environment this is, how fresh the page is, and the menus of this person. */
export function TopBar({ environment, account, live, notices }: Props) {
  return (
    <header className="flex h-11 shrink-0 items-center gap-1.5 border-b bg-canvas px-3">
      <EnvironmentChip environment={environment} />
      <div className="min-w-0 flex-1" />
      {live}
      {notices}
      <PaletteButton />
      <AppearanceMenu />
      <LanguageMenu />
      <AccountMenu account={account} />
    </header>
  );
}

function PaletteButton() {
  const t = useTranslations("shell");
  const open = useOpenPalette();
  return (
    <button
      type="button"
      onClick={open}
      className="flex h-7 items-center gap-2 rounded border border-line-strong bg-surface px-2 text-muted hover:bg-hover hover:text-ink md:w-52"
    >
      <Search aria-hidden className="size-3.5 shrink-0" />
      <span className="flex-1 text-left max-md:sr-only">{t("search")}</span>
      <span className="flex max-md:hidden">
        <Kbd keys="mod+k" />
      </span>
    </button>
  );
}
