"use client";

import { usePathname, useRouter } from "next/navigation";
import type { AuditQuery } from "#core/audit.ts";

type Filter = Omit<AuditQuery, "before" | "after">;

/** Changes the address: a narrower log begins at its newest page again. */
export function useAuditAddress(query: AuditQuery) {
  const router = useRouter();
  const path = usePathname();
  const go = (next: AuditQuery) => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(next)) if (value !== undefined) search.set(name, String(value));
    router.push(search.size === 0 ? path : `${path}?${search}`);
  };
  const { before: _before, after: _after, ...filter } = query;
  return {
    narrow: (change: Filter) => go({ ...filter, ...change }),
    turn: (page: Pick<AuditQuery, "before" | "after">) => go({ ...filter, ...page }),
    clear: () => go({}),
  };
}
