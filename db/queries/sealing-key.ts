import { eq } from "drizzle-orm";
import type { Db, Tx } from "../client.ts";
import { settings } from "../schema/index.ts";

const KEY = "sealing_public_key";

/** The public half of the workers' key, with which secrets are sealed; null until a worker has run once. */
export async function sealingPublicKey(db: Db | Tx): Promise<string | null> {
  const [row] = await db.select({ value: settings.value }).from(settings).where(eq(settings.key, KEY));
  return row?.value ?? null;
}
