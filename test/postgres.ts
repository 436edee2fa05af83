import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";

/** A database with every migration and no rows, all its own. */
export type TestDatabase = { readonly url: string; drop(): Promise<void> };

/** Makes a database for one test file from the template of this run. Call `drop` after all tests of the file. */
export async function testDatabase(): Promise<TestDatabase> {
  const { admin, template } = inject("postgres");
  const name = `redrive_test_${randomBytes(6).toString("hex")}`;
  // wal_log copies a small template far quicker than file_copy, which needs a checkpoint.
  await asAdmin(admin, (sql) => sql`create database ${sql(name)} template ${sql(template)} strategy wal_log`);
  return {
    url: databaseUrl(admin, name),
    drop: () => asAdmin(admin, (sql) => sql`drop database if exists ${sql(name)} with (force)`),
  };
}

/** The same server and login, another database. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** One statement on a connection of its own. */
export async function asAdmin(url: string, act: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await act(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
