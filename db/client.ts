import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type postgres from "postgres";
import * as schema from "./schema/index.ts";
import { connectSql, type ConnectOptions, type Sql } from "./sql-client.ts";

export type { Sql };
export type Db = PostgresJsDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];
/** Raw SQL, in or outside a transaction. */
export type AnySql = Sql | postgres.TransactionSql<{ bigint: number }>;

export type Database = {
  readonly db: Db;
  /** Raw SQL on a pool of its own: drizzle changes the parsers and serialisers of the client it is given. */
  readonly sql: Sql;
  readonly close: () => Promise<void>;
};

/** Opens nothing until the first query. */
export function connect(url: string, options: ConnectOptions): Database {
  const raw = connectSql(url, options);
  const forDrizzle = connectSql(url, options);
  return {
    db: drizzle(forDrizzle.sql, { schema }),
    sql: raw.sql,
    close: async () => {
      await Promise.all([raw.close(), forDrizzle.close()]);
    },
  };
}
