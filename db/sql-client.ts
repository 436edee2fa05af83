import postgres from "postgres";
import { steadyBegin } from "./steady-begin.ts";

/** int8 as a number: counts, sizes and positions stay below 2^53. */
export type Sql = postgres.Sql<{ bigint: number }>;

export type ConnectOptions = {
  /** Connections of each pool. */
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** ms after which Postgres ends a statement. */
  readonly statementTimeoutMs?: number;
};

export type SqlClient = { readonly sql: Sql; readonly close: () => Promise<void> };

const bigint = { to: 20, from: [20], serialize: String, parse: Number };

/**
 * A pool for raw SQL; opens nothing until the first query. Apart from db/client.ts, since drizzle takes 200 MB while it
 * is loaded, and the workers have no use for it.
 */
export function connectSql(url: string, { max, name, statementTimeoutMs = 30_000 }: ConnectOptions): SqlClient {
  const pool = postgres(url, {
    max,
    types: { bigint },
    idle_timeout: 300,
    connect_timeout: 10,
    keep_alive: 15,
    max_lifetime: null,
    connection: { application_name: name, statement_timeout: statementTimeoutMs, lock_timeout: 10_000 },
    onnotice: () => {},
  });
  const sql = steadyBegin(pool);
  return { sql, close: () => sql.end({ timeout: 5 }) };
}
