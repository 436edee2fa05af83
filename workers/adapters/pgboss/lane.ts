import { connect, type Socket } from "node:net";
import postgres from "postgres";
import { Fault } from "#core/fault.ts";

/** Where PostgreSQL is and how to log in. */
export type Access = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly tls: boolean;
  readonly password: string;
};

const CONNECT_SECONDS = 5;
/** An answer later than this ends the connection: postgres.js itself would wait for ever on a half-open socket. */
const DEADLINE_MS = 8_000;

/**
 * One connection, which is never made again. postgres.js reconnects by itself, also between the statements of a
 * transaction, and its `sql.begin` throws outside of every promise when a rollback meets a closed connection; so a
 * lane that has died stays dead and every later statement on it fails.
 */
export type Lane = {
  readonly alive: boolean;
  /** Sends one statement. Throws what the client threw, or Fault when the lane is dead or the answer overdue. */
  ask<T extends readonly postgres.MaybeRow[]>(build: (sql: postgres.Sql) => postgres.PendingQuery<T>): Promise<postgres.RowList<T>>;
  /** Ends it at once; the server rolls an open transaction back. */
  destroy(): void;
  /** Resolves when it is dead. */
  readonly ended: Promise<void>;
};

/** A lane that connects with its first statement, and allows each `deadlineMs`. */
export function openLane(access: Access, deadlineMs: number = DEADLINE_MS): Lane {
  let socket: Socket | null = null;
  let dead = false;
  const end = Promise.withResolvers<void>();
  const die = (): void => {
    if (dead) return;
    dead = true;
    socket?.destroy();
    sql.end({ timeout: 0 }).catch(() => undefined);
    end.resolve();
  };
  const dial = (): Socket => {
    if (dead || socket !== null) throw Object.assign(new Error("closed"), { code: "CONNECTION_CLOSED" });
    socket = Object.assign(connect({ host: access.host, port: access.port, keepAlive: true, noDelay: true }), {
      host: access.host,
    });
    return socket;
  };
  const sql = postgres({ ...clientOptions(access), onclose: die, socket: dial } as postgres.Options<Record<string, never>>);

  return {
    get alive() {
      return !dead;
    },
    async ask(build) {
      if (dead) throw new Fault("unreachable", "the connection to PostgreSQL was lost");
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.reject(new Fault("timeout", `PostgreSQL did not answer within ${deadlineMs / 1000} s`));
        die();
      }, deadlineMs);
      try {
        return await Promise.race([build(sql), late.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
    destroy: die,
    ended: end.promise,
  };
}

function clientOptions(access: Access): Record<string, unknown> {
  return {
    host: access.host,
    port: access.port,
    database: access.database,
    username: access.username,
    // As a function, or an empty one would be looked for in the environment.
    password: () => access.password,
    ssl: access.tls ? "verify-full" : false,
    max: 1,
    connect_timeout: CONNECT_SECONDS,
    idle_timeout: 0,
    max_lifetime: null,
    // Neither prepared statements nor start-up parameters: both fail behind a pooler in transaction mode.
    prepare: false,
    fetch_types: false,
    connection: { application_name: access.name },
    onnotice: () => undefined,
  };
}
