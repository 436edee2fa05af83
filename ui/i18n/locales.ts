export const LOCALES = ["en", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];
export const LOCALE_COOKIE = "redrive-locale";
export const TIME_ZONE_COOKIE = "redrive-tz";

/** Each language in its own words, for the menu. */
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", "zh-CN": "简体中文" };

const isLocale = (text: string): text is Locale => (LOCALES as readonly string[]).includes(text);

/**
 * The language to answer in: the cookie's when it names one of ours, else the best of `Accept-Language`, else English.
 * Any Chinese counts as zh-CN: simplified is nearer to such a reader than English.
 */
export function localeFrom(cookie: string | undefined, acceptLanguage: string | null): Locale {
  if (cookie !== undefined && isLocale(cookie)) return cookie;
  const wishes = (acceptLanguage ?? "")
    .split(",", 20)
    .map((entry) => {
      const [tag = "", ...parameters] = entry.trim().split(";");
      const quality = parameters.map((p) => p.trim()).find((p) => p.startsWith("q="));
      return { tag: tag.toLowerCase(), quality: quality ? Number(quality.slice(2)) || 0 : 1 };
    })
    .filter((wish) => wish.quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { tag } of wishes) {
    if (tag === "zh" || tag.startsWith("zh-")) return "zh-CN";
    if (tag === "en" || tag.startsWith("en-")) return "en";
  }
  return "en";
}

/** `wanted` when the runtime knows that time zone, else UTC. */
export function timeZoneFrom(wanted: string | undefined): string {
  if (!wanted) return "UTC";
  try {
    return new Intl.DateTimeFormat("en", { timeZone: wanted }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}
