import { z } from "zod";

export const PREFERENCES_COOKIE = "redrive-prefs";
export type Preferences = Readonly<Record<string, string | number | boolean>>;

const Stored = z.record(z.string().max(64), z.union([z.string().max(200), z.number(), z.boolean()]));

/** What the cookie holds; anything else than that, from whatever hand, is as if there were none. */
export function preferencesFrom(cookie: string | undefined): Preferences {
  if (!cookie) return {};
  try {
    const text = cookie.startsWith("{") ? cookie : decodeURIComponent(cookie);
    return Stored.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
