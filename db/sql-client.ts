import { connect, type Socket } from "node:net";
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
  /**
   * Joins look each row up by an index. A plan is kept from the time it was made: what was planned while a day's partition was empty
   * would else read all of it, at every call, until statistics are taken.
   */
  readonly lookups?: boolean;
};

export type SqlClient = { readonly sql: Sql; readonly close: () => Promise<void> };

const LOOKUPS = { enable_hashjoin: "off", enable_mergejoin: "off", enable_material: "off", enable_seqscan: "off" };

const bigint = { to: 20, from: [20], serialize: String, parse: Number };

type Address = { readonly host: readonly string[]; readonly port: readonly number[]; readonly path: string | false };

/**
 * Opens what postgres.js would open, but sending at once: by itself it leaves Nagle's algorithm on, and a statement
 * written behind another waits up to 40 ms for the server's delayed acknowledgement. A socket is handed over while it
 * still connects; postgres.js hears of a failure as of any other end, and asks again. Several hosts take turns.
 */
function promptSockets(): (address: Address) => Socket {
  let turn = 0;
  return ({ host, port, path }) => {
    if (path) return connect(path);
    const at = turn++ % host.length;
    const name = host[at] ?? "localhost";
    const socket = connect({ host: name, port: port[at] ?? 5432, noDelay: true, keepAlive: true, keepAliveInitialDelay: 15_000 });
    // postgres.js checks a certificate against it
    return Object.assign(socket, { host: name });
  };
}

/**
 * A pool for raw SQL; opens nothing until the first query. Apart from db/client.ts, since drizzle takes 200 MB while it
 * is loaded, and the workers have no use for it.
 */
export function connectSql(url: string, { max, name, statementTimeoutMs = 30_000, lookups = false }: ConnectOptions): SqlClient {
  // the types do not know `socket`, its documentation does
  const options = {
    max,
    types: { bigint },
    idle_timeout: 300,
    connect_timeout: 10,
    keep_alive: 15,
    max_lifetime: null,
    connection: { application_name: name, statement_timeout: statementTimeoutMs, lock_timeout: 10_000, ...(lookups ? LOOKUPS : {}) },
    onnotice: () => {},
    socket: promptSockets(),
  };
  const sql = steadyBegin(postgres(url, options));
  return { sql, close: () => sql.end({ timeout: 5 }) };
}
