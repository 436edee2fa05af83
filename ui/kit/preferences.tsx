"use client";

import { createContext, type ReactNode, use, useEffect, useState } from "react";
import { PREFERENCES_COOKIE, type Preferences } from "./preferences-cookie.ts";

type Store = { values: Preferences; set: (name: string, value: string | number | boolean) => void };
const Stored = createContext<Store | null>(null);

/** `initial` comes from the request's cookie, so that the server draws what this browser left. */
export function PreferencesProvider({ initial, children }: { initial: Preferences; children: ReactNode }) {
  const [values, setValues] = useState<Preferences>(initial);
  const set: Store["set"] = (name, value) => setValues((before) => ({ ...before, [name]: value }));
  useEffect(() => {
    if (values === initial) return;
    const text = encodeURIComponent(JSON.stringify(values));
    document.cookie = `${PREFERENCES_COOKIE}=${text}; path=/; max-age=31536000; samesite=lax`;
  }, [values, initial]);
  return <Stored value={{ values, set }}>{children}</Stored>;
}

type Widened<T> = T extends boolean ? boolean : T extends number ? number : string;

/** A small choice of this browser, such as a width or a collapsed rail. It survives a reload without a flash. */
export function usePreference<T extends string | number | boolean>(
  name: string,
  fallback: T,
): readonly [Widened<T>, (value: Widened<T>) => void] {
  const store = use(Stored);
  if (!store) throw new Error("preferences need a PreferencesProvider above them");
  const value = store.values[name];
  const known = (typeof value === typeof fallback ? value : fallback) as Widened<T>;
  return [known, (next) => store.set(name, next)];
}
