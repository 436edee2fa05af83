import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as run } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { makePartitions } from "./queries/partitions.ts";
import { connectSql } from "./sql-client.ts";

const FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));
// any number, always the same: two starting processes migrate one after the other
const LOCK = 7_210_043;

/** Brings the database at `url` to this version's schema. Safe to call from several processes at once. */
export async function migrate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: "redrive migrate" } });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    await run(drizzle(sql), { migrationsFolder: FOLDER });
    await makePartitionsAt(url);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Workers make the next days' partitions; the first are there before the first row. */
async function makePartitionsAt(url: string): Promise<void> {
  const { sql, close } = connectSql(url, { max: 1, name: "redrive migrate" });
  try {
    await makePartitions(sql, Date.now());
  } finally {
    await close();
  }
}
