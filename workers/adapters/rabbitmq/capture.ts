import { setTimeout as wait } from "node:timers/promises";
import type { Batch, CaptureLimits, Cursor } from "#core/brokers/adapter.ts";
import { filled } from "#core/brokers/filled.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { invalid } from "./bytes.ts";
import type { ConsumeMessage } from "./client.ts";
import type { Connection } from "./connection.ts";
import { openIntake, type Held, type Intake, type IntakeOptions } from "./intake.ts";
import { deathOf, streamDeathOf } from "./message.ts";

export type Source = { readonly queue: string; readonly type: "classic" | "quorum" | "stream" };

/** How long a stopping capture waits for batches that are still with the caller, in ms. */
const SETTLE_MS = 600;
/** How long it waits for the broker to close the channel; it is closed all the same. */
const CLOSE_MS = 250;

/**
 * Reads deaths until `stop` aborts. A released batch is not requeued but handed out again from what is held, marked as
 * redelivered: every requeue would count towards a quorum queue's delivery limit, at which the broker drops the
 * message, and a stream has no requeue. What was not accepted goes back when capture ends, by closing the channel.
 * Whoever releases again and again has to pause between.
 */
export async function* capture(
  connection: Connection,
  source: Source,
  from: Cursor,
  limits: CaptureLimits,
  stop: AbortSignal,
): AsyncGenerator<Batch, void, undefined> {
  const reading = source.type === "stream" ? streamReading(source.queue, from) : queueReading(source.queue);
  const stopped = Promise.withResolvers<null>();
  const abort = (): void => stopped.resolve(null);
  if (stop.aborted) abort();
  stop.addEventListener("abort", abort, { once: true });
  const opening = openIntake(connection, { ...limits, ...reading });
  const unsettled = new Set<Promise<void>>();
  try {
    const intake = await Promise.race([opening, stopped.promise]);
    if (intake === null) return;
    while (await filled(intake, limits, stop, stopped.promise, wait)) {
      const held = take(intake, limits);
      const settled = Promise.withResolvers<void>();
      unsettled.add(settled.promise);
      const settle = (): void => {
        unsettled.delete(settled.promise);
        settled.resolve();
      };
      yield {
        deaths: held.map(({ death }) => death),
        cursor: reading.cursorAfter(held),
        accept: () => intake.acknowledge(held).finally(settle),
        release: async () => {
          intake.putBack(held);
          settle();
        },
      };
    }
  } finally {
    stop.removeEventListener("abort", abort);
    await Promise.race([Promise.all(unsettled), wait(SETTLE_MS, undefined, { ref: false })]);
    // Where it was stopped before it had begun, it may still begin.
    const closing = opening.then(
      (intake) => intake.close(),
      () => {},
    );
    await Promise.race([closing, wait(CLOSE_MS, undefined, { ref: false })]);
  }
}

type Reading = Pick<IntakeOptions, "queue" | "read" | "consumerArguments" | "acksRemove"> & {
  cursorAfter(held: readonly Held[]): Cursor;
};

const queueReading = (queue: string): Reading => ({
  queue,
  read: (message) => deathOf(message, queue),
  consumerArguments: () => ({}),
  acksRemove: true,
  cursorAfter: () => null,
});

/** Reads on from an offset; the cursor is the next one. Throws Fault `invalid` for a cursor that is none. */
function streamReading(queue: string, from: Cursor): Reading {
  if (from !== null && !/^\d{1,19}$/.test(from)) throw invalid("the cursor is no stream offset");
  let next = BigInt(from ?? 0);
  const read = (message: ConsumeMessage): RawDeath | null => {
    const { death, offset } = streamDeathOf(message, queue);
    // A consumer may begin below the offset it asked for, where the chunk begins.
    if (offset < next) return null;
    next = offset + 1n;
    return death;
  };
  return {
    queue,
    read,
    // Offset 0 on a stream that has lost its beginning starts with what is left.
    consumerArguments: () => ({ "x-stream-offset": { "!": "long", value: String(next) } }),
    acksRemove: false,
    cursorAfter: (held) => {
      const identity = held.at(-1)?.death.identity;
      return identity?.kind === "exact" ? String(BigInt(identity.id) + 1n) : from;
    },
  };
}

/** At least one, however large. */
function take(intake: Intake, { maxBytes, maxCount }: CaptureLimits): Held[] {
  const held: Held[] = [];
  let bytes = 0;
  while (held.length < maxCount) {
    const next = intake.take(held.length === 0 ? Number.POSITIVE_INFINITY : maxBytes - bytes);
    if (next === undefined) break;
    held.push(next);
    bytes += next.bytes;
  }
  return held;
}
