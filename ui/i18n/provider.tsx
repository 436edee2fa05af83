"use client";

import { type ReactNode, useEffect } from "react";
import { IntlProvider } from "use-intl";
import type { en } from "../messages/en/index.ts";
import { type Locale, TIME_ZONE_COOKIE } from "./locales.ts";

type Props = {
  locale: Locale;
  messages: typeof en;
  /** What the server drew with; corrected from the browser on the first visit, for the next page. */
  timeZone: string;
  children: ReactNode;
};

/** Words, numbers and times for client components, the same on server and client, so that nothing jumps. */
export function I18nProvider({ locale, messages, timeZone, children }: Props) {
  useEffect(() => {
    const actual = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (actual === timeZone) return;
    document.cookie = `${TIME_ZONE_COOKIE}=${actual}; path=/; max-age=31536000; samesite=lax`;
  }, [timeZone]);
  return (
    <IntlProvider locale={locale} messages={messages} timeZone={timeZone}>
      {children}
    </IntlProvider>
  );
}
