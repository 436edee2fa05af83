import { connect, type Socket } from "node:net";
import postgres from "postgres";
import { Fault } from "#core/fault.ts";
import { asFault } from "./faults.ts";

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
export const DEADLINE_MS = 8_000;

type Query<T extends readonly postgres.MaybeRow[]> = postgres.PendingQuery<T>;

/**
 * One connection, which is never made again. postgres.js reconnects by itself, also between the statements of a
 * transaction, and its `sql.begin` throws outside of every promise when a rollback meets a closed connection; so a
 * lane that has died stays dead and every later statement on it fails.
 */
export type Lane = {
  readonly alive: boolean;
  /** Sends one statement. Throws what the client threw, or Fault when the lane is dead or the answer overdue. */
  ask<T extends readonly postgres.MaybeRow[]>(build: (sql: postgres.Sql) => Query<T>): Promise<postgres.RowList<T>>;
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

/** Borrowed one at a time; those in excess wait. */
export type LanePool = {
  /** A living lane; give it back or destroy it. Throws Fault when `signal` aborts first or the pool is closed. */
  borrow(signal: AbortSignal): Promise<Lane>;
  giveBack(lane: Lane): void;
  close(): void;
};

/** A pool of at most `size` connections, made when needed. */
export function lanePool(access: Access, size: number): LanePool {
  const lanes = new Set<Lane>();
  const idle: Lane[] = [];
  const waiting = new Set<() => void>();
  let closed = false;
  const wakeOne = (): void => {
    for (const wake of waiting) return wake();
  };
  const open = (): Lane => {
    const lane = openLane(access);
    lanes.add(lane);
    void lane.ended.then(() => {
      lanes.delete(lane);
      wakeOne();
    });
    return lane;
  };
  const take = (): Lane | null => {
    for (let lane = idle.pop(); lane !== undefined; lane = idle.pop()) if (lane.alive) return lane;
    return lanes.size < size ? open() : null;
  };
  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  return {
    async borrow(signal) {
      for (;;) {
        if (closed) throw new Fault("unreachable", "the session is closed");
        if (signal.aborted) throw new Fault("timeout", "no connection was free in time");
        const lane = take();
        if (lane !== null) return lane;
        await turn(signal);
      }
    },
    giveBack(lane) {
      if (closed) return lane.destroy();
      if (lane.alive) idle.push(lane);
      wakeOne();
    },
    close() {
      closed = true;
      for (const lane of lanes) lane.destroy();
      for (const wake of waiting) wake();
    },
  };
}

/** What every transaction of this adapter begins with; local, so that a pooled connection is left as it was. */
export const BEGIN = [
  "begin isolation level read committed",
  "set local statement_timeout = 6000",
  "set local lock_timeout = 3000",
  // A worker that hangs while it holds letters gives them back by this.
  "set local idle_in_transaction_session_timeout = 60000",
].join("; ");

/** Runs one reading statement with a limit on the server's side as well. Throws Fault. */
export async function read<T extends readonly postgres.MaybeRow[]>(
  pool: LanePool,
  signal: AbortSignal,
  build: (sql: postgres.Sql) => Query<T>,
): Promise<postgres.RowList<T>> {
  const lane = await pool.borrow(signal);
  const abort = (): void => lane.destroy();
  signal.addEventListener("abort", abort);
  try {
    await lane.ask((sql) => sql.unsafe(BEGIN));
    const rows = await lane.ask(build);
    await lane.ask((sql) => sql.unsafe("commit"));
    pool.giveBack(lane);
    return rows;
  } catch (error) {
    lane.destroy();
    throw signal.aborted ? new Fault("timeout", "stopped before PostgreSQL answered") : asFault(error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
