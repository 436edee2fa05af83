import { setTimeout as wait } from "node:timers/promises";
import type { Batch, CaptureLimits, Cursor } from "#core/brokers/adapter.ts";
import { filled } from "#core/brokers/filled.ts";
import type { RawDeath } from "#core/message/raw.ts";
import type { Connection } from "./connection.ts";
import type { Source } from "./consumer.ts";
import { listen, type Listening, type Taken } from "./listen.ts";

/** How long the server may take to say that it knows of us. */
const BEGIN_MS = 5_000;
/** How long a stopping capture waits for what is on its way. */
const END_MS = 250;
/** What may wait to be stored. Beyond it what comes is dropped and counted: NATS lets no sender wait for a slow listener. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Listens to a subject of core NATS until `stop` aborts, then hands out what was heard and ends. Nothing is acknowledged and nothing
 * comes again: what is sent while nobody listens is lost, and so is what was heard and never accepted. Each beginning but the first
 * is told in a notice with the time up to which messages were stored, which is the cursor; so is what came faster than it was taken.
 * Throws Fault.
 */
export async function* hear(connection: Connection, source: Source, from: Cursor, limits: CaptureLimits, stop: AbortSignal, mostBytes = MOST_BYTES): AsyncGenerator<Batch, void, undefined> {
  const stopped = Promise.withResolvers<null>();
  const abort = (): void => stopped.resolve(null);
  if (stop.aborted) abort();
  stop.addEventListener("abort", abort, { once: true });
  const listening = listen(connection, source, mostBytes);
  try {
    if ((await Promise.race([begun(connection, listening), stopped.promise])) === null) return;
    const now = new Date().toISOString();
    yield batchOf(listening, { deaths: [], dropped: 0 }, from === null ? [] : [gap(source.queue, from, now)], now);
    while (await filled(listening, limits, stop, stopped.promise, wait)) yield next(listening, source, limits);
    await Promise.race([listening.drain(), wait(END_MS, undefined, { ref: false })]);
    while (listening.waiting().count > 0) yield next(listening, source, limits);
  } finally {
    stop.removeEventListener("abort", abort);
    listening.stop();
  }
}

/** Resolves to true once the server surely gives us what is sent from now on. Throws Fault. */
async function begun(connection: Connection, listening: Listening): Promise<true> {
  await connection.flush(AbortSignal.timeout(BEGIN_MS));
  // what the login may not hear is refused by then
  const fault = listening.fault();
  if (fault !== null) throw fault;
  return true;
}

function next(listening: Listening, { queue }: Source, limits: CaptureLimits): Batch {
  const { deaths, dropped } = listening.take(limits);
  const notices = dropped === 0 ? [] : [`${dropped} messages of ${queue} came faster than they could be stored and were dropped: NATS gives them to nobody again.`];
  return batchOf(listening, { deaths, dropped }, notices, heardLast(deaths));
}

const heardLast = (deaths: readonly RawDeath[]): string => {
  const native = deaths.at(-1)?.native;
  return native?.transport === "nats" && native.stream === null ? native.heardAt : new Date().toISOString();
};

const batchOf = (listening: Listening, taken: Taken, notices: readonly string[], cursor: string): Batch => ({
  deaths: taken.deaths,
  notices,
  cursor,
  accept: async () => undefined,
  release: async () => listening.putBack(taken),
});

const gap = (queue: string, from: string, now: string): string =>
  `For a while until ${now} no worker listened to ${queue}. The last that was stored before was heard at ${from}: what was sent after that, while nobody listened, is lost.`;
