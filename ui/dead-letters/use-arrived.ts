"use client";

import { useState } from "react";
import type { MessageRow } from "./types.ts";

const LIT_MS = 1_600;
type Seen = { key: string; at: number; ids: ReadonlySet<string>; arrived: ReadonlyMap<string, number> };

/**
 * The ids of rows that came in while the list was open, for as long as they light up. `key` names the list: rows of
 * another list or page are not arrivals. `at` is when the rows were read, ms.
 */
export function useArrived(rows: readonly MessageRow[], key: string, at: number): ReadonlySet<string> {
  const [seen, setSeen] = useState<Seen>({ key, at, ids: new Set(rows.map(({ id }) => id)), arrived: new Map() });
  if (seen.key !== key || seen.at !== at) {
    const ids = new Set(rows.map(({ id }) => id));
    const first = seen.key !== key || seen.at === 0;
    const lit = [...seen.arrived].filter(([, since]) => at - since < LIT_MS);
    const fresh = [...ids].filter((id) => !seen.ids.has(id)).map((id) => [id, at] as const);
    setSeen({ key, at, ids, arrived: new Map(first ? [] : [...lit, ...fresh]) });
  }
  return new Set(seen.arrived.keys());
}
