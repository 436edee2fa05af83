import { eq, sql } from "drizzle-orm";
import type { Db, Tx } from "../client.ts";
import { rateLimit } from "../schema/index.ts";

export type Tries = { readonly count: number; readonly resetsInMs: number };

const NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Counts one try under `key`, atomically, in a window of `windowMs` that began with its first try. */
export async function countTry(db: Db | Tx, key: string, windowMs: number): Promise<Tries> {
  const over = sql`${rateLimit.lastRequest} <= excluded.last_request - ${windowMs}::bigint`;
  const [row] = await db
    .insert(rateLimit)
    .values({ id: crypto.randomUUID(), key, count: 1, lastRequest: NOW })
    .onConflictDoUpdate({
      target: rateLimit.key,
      set: {
        count: sql`case when ${over} then 1 else ${rateLimit.count} + 1 end`,
        lastRequest: sql`case when ${over} then excluded.last_request else ${rateLimit.lastRequest} end`,
      },
    })
    .returning({ count: rateLimit.count, resetsInMs: sql<string>`${rateLimit.lastRequest} + ${windowMs}::bigint - ${NOW}` });
  return { count: row?.count ?? 1, resetsInMs: Math.max(0, Number(row?.resetsInMs ?? windowMs)) };
}

/** Takes one try back: it was a good one. */
export async function takeBackTry(db: Db | Tx, key: string): Promise<void> {
  await db
    .update(rateLimit)
    .set({ count: sql`greatest(${rateLimit.count} - 1, 0)` })
    .where(eq(rateLimit.key, key));
}

export async function forgetTries(db: Db | Tx, key: string): Promise<void> {
  await db.delete(rateLimit).where(eq(rateLimit.key, key));
}

/** Removes windows that began more than `olderThanMs` ago. */
export async function purgeTries(db: Db | Tx, olderThanMs: number): Promise<void> {
  await db.delete(rateLimit).where(sql`${rateLimit.lastRequest} < ${NOW} - ${olderThanMs}::bigint`);
}
