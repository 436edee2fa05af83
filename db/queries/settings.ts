import { eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "../client.ts";
import { settings } from "../schema/index.ts";

/** The text stored under `key`, or null. */
export async function readSetting(db: Db | Tx, key: string): Promise<string | null> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, key));
  return row?.value ?? null;
}

/** Stores `value` under `key`, in place of what was there. */
export async function writeSetting(db: Db | Tx, key: string, value: string): Promise<void> {
  await db.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } });
}

export async function deleteSettings(db: Db | Tx, keys: readonly string[]): Promise<void> {
  await db.delete(settings).where(inArray(settings.key, [...keys]));
}
