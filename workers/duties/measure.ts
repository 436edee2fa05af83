import { Fault } from "#core/fault.ts";
import { knownQueues, storeDepths, storeDiscovered } from "#db/queries/depths.ts";
import type { StoredConnection } from "#db/queries/connections.ts";
import type { Duty } from "../runtime/supervisor.ts";
import { pause } from "../runtime/wake.ts";
import type { Parts } from "./parts.ts";

const MEASURE_MS = 1_000;
const DISCOVER_MS = 30_000;
const DEADLINE_MS = 5_000;

/** Lists and measures the queues of every connection whose lease this worker gets; a dead broker delays no other. */
export const measureDuty = (parts: Parts): Duty => ({
  name: "measure",
  run: async (stop) => {
    const running = new Map<string, Promise<void>>();
    try {
      while (!stop.aborted) {
        for (const connection of await parts.sessions.refresh()) {
          if (running.has(connection.id)) continue;
          const held = await parts.leases.take(`measure:${connection.id}`);
          if (held === null) continue;
          const measuring = measureConnection(parts, connection, AbortSignal.any([stop, held.lost]));
          const logged = measuring.catch((error: unknown) => parts.log.warn({ connection: connection.name, err: error }, "measuring ended"));
          const ended = logged.then(async () => {
            await held.release().catch(() => undefined);
            running.delete(connection.id);
          });
          running.set(connection.id, ended);
        }
        await pause(MEASURE_MS, stop);
      }
    } finally {
      await Promise.all(running.values());
    }
  },
});

async function measureConnection(parts: Parts, connection: StoredConnection, stop: AbortSignal): Promise<void> {
  let discoverAt = 0;
  while (!stop.aborted) {
    const began = performance.now();
    try {
      if (began >= discoverAt) {
        await discover(parts, connection.id, stop);
        discoverAt = began + DISCOVER_MS;
      }
      await measure(parts, connection.id, stop);
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof Fault && error.code === "not_found" && !(await stillThere(parts, connection.id))) return;
      if (!(error instanceof Fault)) parts.log.warn({ connection: connection.name, err: error }, "measuring failed");
    }
    await pause(Math.max(0, MEASURE_MS - (performance.now() - began)), stop);
  }
}

const stillThere = async ({ sessions }: Parts, id: string): Promise<boolean> =>
  (await sessions.refresh()).some((connection) => connection.id === id);

const within = (stop: AbortSignal): AbortSignal => AbortSignal.any([stop, AbortSignal.timeout(DEADLINE_MS)]);

/** Lists a connection's queues now. Throws Fault. */
export async function discover({ sessions, sql }: Parts, connectionId: string, stop: AbortSignal): Promise<number> {
  const session = await sessions.get(connectionId);
  const found = await session.discover(within(stop));
  await storeDiscovered(sql, connectionId, found);
  return found.length;
}

/** Measures a connection's queues now. Throws Fault. */
export async function measure({ sessions, sql }: Parts, connectionId: string, stop: AbortSignal): Promise<number> {
  const session = await sessions.get(connectionId);
  const queues = await knownQueues(sql, connectionId);
  const depths = await session.depth(queues.map((queue) => queue.source), within(stop));
  await storeDepths(
    sql,
    connectionId,
    queues.flatMap((queue, i) => (depths[i] === undefined ? [] : [{ ...depths[i], id: queue.id }])),
  );
  return queues.length;
}
