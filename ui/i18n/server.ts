import "server-only";
import { cookies, headers } from "next/headers";
import { createTranslator, type Messages, type NamespaceKeys, type NestedKeyOf } from "use-intl/core";
import { en } from "../messages/en/index.ts";
import { zhCN } from "../messages/zh-CN/index.ts";
import { type Locale, LOCALE_COOKIE, localeFrom, TIME_ZONE_COOKIE, timeZoneFrom } from "./locales.ts";

const ALL: Record<Locale, Messages> = { en, "zh-CN": zhCN };

/** Language, words, time zone and moment (ms) of the request at hand. */
export async function getIntl() {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const locale = localeFrom(jar.get(LOCALE_COOKIE)?.value, head.get("accept-language"));
  const timeZone = timeZoneFrom(jar.get(TIME_ZONE_COOKIE)?.value);
  return { locale, messages: ALL[locale], timeZone, startedAt: Date.now() };
}

/** `useTranslations` for server components: `const t = await getTranslator("queues")`. */
export async function getTranslator<N extends NamespaceKeys<Messages, NestedKeyOf<Messages>>>(namespace: N) {
  const { locale, messages, timeZone } = await getIntl();
  return createTranslator<Messages, N>({ locale, messages, timeZone, namespace });
}
