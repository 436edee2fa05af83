import { and, eq, ne, sql } from "drizzle-orm";
import type { Tx } from "../client.ts";
import { breakers } from "../schema/index.ts";

/**
 * Opens a breaker by hand: it has no probe, so that it stays open until a person closes it. False when it was opened by hand
 * already; one that workers opened is taken over.
 */
export async function openBreaker(tx: Tx, destination: string, actor: string, reason: string): Promise<boolean> {
  const by = { state: "open", since: sql`now()`, reason, changedBy: actor, probes: 0, probeAt: null } as const;
  const rows = await tx
    .insert(breakers)
    .values({ destination, ...by })
    .onConflictDoUpdate({ target: breakers.destination, set: by, setWhere: sql`${breakers.state} <> 'open' or ${breakers.probeAt} is not null` })
    .returning({ one: sql`1` });
  return rows.length === 1;
}

/** Closes a breaker by hand. False when it is closed already. */
export async function closeBreaker(tx: Tx, destination: string, actor: string): Promise<boolean> {
  const rows = await tx
    .update(breakers)
    .set({ state: "closed", since: sql`now()`, reason: null, changedBy: actor, probes: 0, probeAt: null })
    .where(and(eq(breakers.destination, destination), ne(breakers.state, "closed")))
    .returning({ one: sql`1` });
  return rows.length === 1;
}
