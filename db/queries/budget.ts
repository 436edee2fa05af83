import { sql } from "drizzle-orm";
import type { Db, Tx } from "../client.ts";

/** What `within` answers instead of a result when the time was up. */
export const OUT_OF_TIME = Symbol("out of time");

const QUERY_CANCELED = "57014";

const wasCancelled = (error: unknown): boolean =>
  error instanceof Error && typeof error.cause === "object" && error.cause !== null && "code" in error.cause && error.cause.code === QUERY_CANCELED;

/** Reads in a transaction of one snapshot, in which Postgres ends every statement after `ms`. Other errors are thrown. */
export async function within<T>(db: Db, ms: number, read: (tx: Tx) => Promise<T>): Promise<T | typeof OUT_OF_TIME> {
  try {
    return await db.transaction(
      async (tx) => {
        // a setting takes no parameters: the number is made safe here
        await tx.execute(sql.raw(`set local statement_timeout = ${Math.max(1, Math.floor(ms))}`));
        return read(tx);
      },
      { accessMode: "read only", isolationLevel: "repeatable read" },
    );
  } catch (error) {
    if (wasCancelled(error)) return OUT_OF_TIME;
    throw error;
  }
}
