"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import type { Messages } from "use-intl";
import type { Locale } from "../i18n/locales.ts";
import { I18nProvider } from "../i18n/provider.tsx";
import { ClockProvider } from "../kit/clock.tsx";
import { NonceProvider } from "../kit/nonce.tsx";
import { PreferencesProvider } from "../kit/preferences.tsx";
import type { Preferences } from "../kit/preferences-cookie.ts";
import { ShortcutsProvider } from "../kit/shortcuts.tsx";
import { Toaster } from "../kit/toast.tsx";
import { TooltipProvider } from "../kit/tooltip.tsx";

type Props = {
  locale: Locale;
  messages: Messages;
  timeZone: string;
  /** ms; see ClockProvider. */
  startedAt: number;
  nonce: string | undefined;
  preferences: Preferences;
  children: ReactNode;
};

/** Everything a page of Redrive stands on, sign-in pages included. Data comes in below, with the console. */
export function Providers({ locale, messages, timeZone, startedAt, nonce, preferences, children }: Props) {
  return (
    <NonceProvider nonce={nonce}>
      <ThemeProvider attribute="class" disableTransitionOnChange {...(nonce === undefined ? {} : { nonce })}>
        <I18nProvider locale={locale} messages={messages} timeZone={timeZone}>
          <ClockProvider startedAt={startedAt}>
            <PreferencesProvider initial={preferences}>
              <ShortcutsProvider>
                <TooltipProvider>
                  {children}
                  <Toaster />
                </TooltipProvider>
              </ShortcutsProvider>
            </PreferencesProvider>
          </ClockProvider>
        </I18nProvider>
      </ThemeProvider>
    </NonceProvider>
  );
}
