import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Batch, CaptureLimits } from "#core/brokers/adapter.ts";
import { filled } from "#core/brokers/filled.ts";
import type { Connection } from "./connection.ts";
import { openIntake } from "./intake.ts";
import type { Socket } from "./socket.ts";
import { watchForStuck } from "./stuck.ts";
import { ensureSubscription, statsOf } from "./topic.ts";

/** How long a stopping capture waits for batches that are still with the caller, in ms. */
const SETTLE_MS = 500;
/** How long it waits for the service to hear of its end; it ends all the same. */
const CLOSE_MS = 300;

/**
 * Reads deaths until `stop` aborts, with Redrive's durable subscription. A released batch is handed out again from what
 * is held. What was not accepted when capture ends stays in the subscription. Throws Fault.
 */
export async function* capture(connection: Connection, topic: string, limits: CaptureLimits, stop: AbortSignal): AsyncGenerator<Batch, void, void> {
  const stopped = Promise.withResolvers<null>();
  const abort = (): void => stopped.resolve(null);
  if (stop.aborted) abort();
  stop.addEventListener("abort", abort, { once: true });
  const consumerName = `redrive-${randomUUID()}`;
  const socket = Promise.withResolvers<Socket>();
  const intake = openIntake(socket.promise, topic, limits);
  const opening = open(connection, topic, consumerName, intake.hear);
  opening.then(socket.resolve, socket.reject);
  const unsettled = new Set<Promise<void>>();
  const notices: string[] = [];
  const watching = watchForStuck(connection, topic, consumerName, intake, (notice) => notices.push(notice));
  try {
    if ((await Promise.race([opening, stopped.promise])) === null) return;
    while (await filled(intake, limits, stop, stopped.promise, wait)) {
      const batch = intake.take(limits);
      const told = notices.splice(0);
      const settled = Promise.withResolvers<void>();
      unsettled.add(settled.promise);
      const settle = (): void => {
        unsettled.delete(settled.promise);
        settled.resolve();
      };
      yield {
        deaths: batch.map(({ death }) => death),
        ...(told.length === 0 ? {} : { notices: told }),
        cursor: null,
        accept: () => intake.acknowledge(batch).finally(settle),
        release: async () => {
          intake.putBack(batch);
          settle();
        },
      };
    }
  } catch (error) {
    throw connection.fault() ?? error;
  } finally {
    stop.removeEventListener("abort", abort);
    clearInterval(watching);
    await Promise.race([Promise.all(unsettled), wait(SETTLE_MS, undefined, { ref: false })]);
    // Where it was stopped before it had begun, it may still begin.
    const closing = opening.then((each) => each.close(CLOSE_MS)).catch(() => {});
    await Promise.race([closing, wait(CLOSE_MS, undefined, { ref: false })]);
  }
}

/** The admin API is asked for the topic first: a consumer would make one that is missing. */
async function open(connection: Connection, topic: string, consumerName: string, hear: (text: string) => void): Promise<Socket> {
  await statsOf(connection.rest, topic);
  await ensureSubscription(connection.rest, topic, connection.subscription);
  return connection.consumer(topic, consumerName, hear);
}
