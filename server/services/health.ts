import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";

const WITHIN_MS = 2_000;

/** Whether the database answers in time. Says no more than that: everybody may ask. */
export async function isHealthy(db: Db): Promise<boolean> {
  const answer = db.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, WITHIN_MS, false).unref());
  return Promise.race([answer, late]);
}
