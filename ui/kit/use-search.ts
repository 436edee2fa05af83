"use client";

import { useSearchParams } from "next/navigation";

type Patch = Readonly<Record<string, string | null>>;

/** The address' search part and how to change some of it in place: null or "" takes a field out. */
export function useSearch(): readonly [URLSearchParams, (patch: Patch) => void] {
  const search = useSearchParams();
  const set = (patch: Patch) => {
    // from the window: two changes in one turn must not undo each other
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(patch)) {
      if (value === null || value === "") next.delete(name);
      else next.set(name, value);
    }
    window.history.replaceState(null, "", next.size === 0 ? window.location.pathname : `?${next.toString()}`);
  };
  return [new URLSearchParams(search), set];
}
