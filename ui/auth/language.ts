import { LOCALE_COOKIE, type Locale } from "../i18n/locales.ts";

/** Keeps the language in this browser for a year; the next page is drawn in it. */
export function rememberLanguage(locale: Locale): void {
  document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=31536000; samesite=lax`;
}
