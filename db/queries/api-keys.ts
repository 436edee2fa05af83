import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "../client.ts";
import { apiKeys } from "../schema/index.ts";

type NewApiKey = { readonly name: string; readonly hash: string; readonly beginning: string; readonly createdBy: string };

/** Stores a key's hash; answers its id. */
export async function insertApiKey(db: Db | Tx, key: NewApiKey): Promise<string> {
  const [row] = await db.insert(apiKeys).values(key).returning({ id: apiKeys.id });
  if (row === undefined) throw new Error("insert without a row");
  return row.id;
}

/** The key of that hash, unless it was revoked; notes that it was used, once a minute. */
export async function workingApiKey(db: Db, hash: string): Promise<{ readonly id: string; readonly name: string } | null> {
  const [row] = await db
    .select({ id: apiKeys.id, name: apiKeys.name, fresh: sql<boolean>`coalesce(${apiKeys.lastUsedAt} > now() - interval '1 minute', false)` })
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)));
  if (row === undefined) return null;
  if (!row.fresh) await db.update(apiKeys).set({ lastUsedAt: sql`now()` }).where(eq(apiKeys.id, row.id));
  return { id: row.id, name: row.name };
}

/** All keys, those that work first, then newest first; hashes stay here. */
export const listApiKeys = (db: Db) =>
  db
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      beginning: apiKeys.beginning,
      createdBy: apiKeys.createdBy,
      createdAt: apiKeys.createdAt,
      lastUsedAt: apiKeys.lastUsedAt,
      revokedAt: apiKeys.revokedAt,
      revokedBy: apiKeys.revokedBy,
    })
    .from(apiKeys)
    .orderBy(sql`${apiKeys.revokedAt} is not null`, desc(apiKeys.createdAt));

/** Ends a key for good; its name, or null when there is no such key that still works. */
export async function revokeApiKey(db: Db | Tx, id: string, by: string): Promise<string | null> {
  const [row] = await db
    .update(apiKeys)
    .set({ revokedAt: sql`now()`, revokedBy: by })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning({ name: apiKeys.name });
  return row?.name ?? null;
}
