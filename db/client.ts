import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "./schema/index.ts";
import { steadyBegin } from "./steady-begin.ts";

export type Db = PostgresJsDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];
export type Sql = postgres.Sql<{ bigint: number }>;
/** Raw SQL, in or outside a transaction. */
export type AnySql = Sql | postgres.TransactionSql<{ bigint: number }>;

export type Database = {
  readonly db: Db;
  /** Raw SQL on a pool of its own: drizzle changes the parsers and serialisers of the client it is given. */
  readonly sql: Sql;
  readonly close: () => Promise<void>;
};

export type ConnectOptions = {
  /** Connections of each of the two pools. */
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** ms after which Postgres ends a statement. */
  readonly statementTimeoutMs?: number;
};

// int8 as a number: counts, sizes and positions stay below 2^53
const bigint = { to: 20, from: [20], serialize: String, parse: Number };

const options = ({ max, name, statementTimeoutMs = 30_000 }: ConnectOptions) => ({
  max,
  types: { bigint },
  idle_timeout: 300,
  connect_timeout: 10,
  keep_alive: 15,
  max_lifetime: null,
  connection: { application_name: name, statement_timeout: statementTimeoutMs, lock_timeout: 10_000 },
  onnotice: () => {},
});

/** Opens nothing until the first query. */
export function connect(url: string, given: ConnectOptions): Database {
  const sql = steadyBegin(postgres(url, options(given)));
  const forDrizzle = steadyBegin(postgres(url, options(given)));
  return {
    db: drizzle(forDrizzle, { schema }),
    sql,
    close: async () => {
      await Promise.all([sql.end({ timeout: 5 }), forDrizzle.end({ timeout: 5 })]);
    },
  };
}
