import { setTimeout as wait } from "node:timers/promises";
import type { Batch, CaptureLimits, Cursor } from "#core/brokers/adapter.ts";
import { filled } from "#core/brokers/filled.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { advisedDeath } from "./advisory.ts";
import type { Connection } from "./connection.ts";
import { cursorAt, openReader, type Reader, type Source } from "./consumer.ts";
import { openIntake, type Intake } from "./intake.ts";
import { deathOf, type Delivery } from "./message.ts";

/** How long a stopping capture waits for batches that are still with the caller, in ms. */
const SETTLE_MS = 600;
/** How long it waits for the server to hear of its end; it ends all the same. */
const CLOSE_MS = 250;
/** Messages asked for at a time, and the bytes they may have together: the server drops a connection it cannot write 64 MiB to. */
const FETCHES = 16;
const FETCHED_BYTES = 32 * 1024 * 1024;
/** The API answers in base64. */
const BASE64 = 4 / 3;

type Opened = { readonly reader: Reader; readonly intake: Intake };

/**
 * Reads deaths until `stop` aborts. A released batch is handed out again from what is held. What was not accepted when
 * capture ends goes back: negatively acknowledged, or not behind the cursor.
 */
export async function* capture(
  connection: Connection,
  source: Source,
  from: Cursor,
  limits: CaptureLimits,
  stop: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const stopped = Promise.withResolvers<null>();
  const abort = (): void => stopped.resolve(null);
  if (stop.aborted) abort();
  stop.addEventListener("abort", abort, { once: true });
  const opening = open(connection, source, from, limits);
  const unsettled = new Set<Promise<void>>();
  try {
    const opened = await Promise.race([opening, stopped.promise]);
    if (opened === null) return;
    const { intake, reader } = opened;
    while (await filled(intake, limits, stop, stopped.promise, wait)) {
      const deliveries = intake.take(limits);
      const read = await Promise.race([deathsOf(connection, source, deliveries, limits), stopped.promise]);
      if (read === null) return;
      intake.putBack(deliveries.slice(read.length));
      const batch = deliveries.slice(0, read.length);
      const last = batch.at(-1);
      const settled = Promise.withResolvers<void>();
      unsettled.add(settled.promise);
      const settle = (): void => {
        unsettled.delete(settled.promise);
        settled.resolve();
      };
      yield {
        deaths: read,
        cursor: reader.acknowledges || last === undefined ? null : cursorAt(reader, last),
        accept: () => intake.acknowledge(batch).finally(settle),
        release: async () => {
          intake.putBack(batch);
          settle();
        },
      };
    }
  } finally {
    stop.removeEventListener("abort", abort);
    await Promise.race([Promise.all(unsettled), wait(SETTLE_MS, undefined, { ref: false })]);
    // Where it was stopped before it had begun, it may still begin.
    const closing = opening.then(
      ({ intake }) => intake.close(),
      () => {},
    );
    await Promise.race([closing, wait(CLOSE_MS, undefined, { ref: false })]);
  }
}

async function open(connection: Connection, source: Source, from: Cursor, limits: CaptureLimits): Promise<Opened> {
  const reader = await openReader(connection, source, from);
  return { reader, intake: openIntake(connection, reader, limits) };
}

/** The deaths of the first deliveries, as many as have room in a batch, but one at least. Throws Fault. */
async function deathsOf(connection: Connection, { queue, mode }: Source, deliveries: readonly Delivery[], { maxBytes }: CaptureLimits): Promise<RawDeath[]> {
  if (mode === "stream") return deliveries.map((delivery) => deathOf(delivery, queue));
  const largest = (connection.nc.info?.max_payload ?? 1024 * 1024) * BASE64;
  const width = Math.max(1, Math.min(FETCHES, Math.floor(FETCHED_BYTES / largest)));
  const deaths: RawDeath[] = [];
  let bytes = 0;
  while (deaths.length < deliveries.length && bytes < maxBytes) {
    const some = deliveries.slice(deaths.length, deaths.length + width);
    const fetched = await Promise.all(some.map((delivery) => advisedDeath(connection, delivery, queue)));
    for (const { body } of fetched) bytes += body.length;
    deaths.push(...fetched);
  }
  return deaths;
}
