import type postgres from "postgres";
import { Fault } from "#core/fault.ts";
import { asFault } from "./faults.ts";
import { openLane, type Access, type Lane } from "./lane.ts";

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
  build: (sql: postgres.Sql) => postgres.PendingQuery<T>,
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
