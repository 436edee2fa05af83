import type { Filling } from "#core/brokers/filled.ts";
import { openLine } from "#core/brokers/line.ts";
import type { Fault } from "#core/fault.ts";
import type { RawDeath } from "#core/message/raw.ts";
import type { Connection } from "./connection.ts";
import type { Source } from "./consumer.ts";
import { faultOf } from "./faults.ts";
import { heardOf } from "./message.ts";

/** What a message costs in memory besides its own bytes, about. */
const OVERHEAD_BYTES = 1_024;

export type Taken = { readonly deaths: readonly Heard[]; /** How many were dropped since the last time. */ readonly dropped: number };

/** A subscription of core NATS, and what it heard. */
export type Listening = Filling & {
  /** The next ones within the limits, but one at least. */
  take(limits: { readonly maxBytes: number; readonly maxCount: number }): Taken;
  /** Puts what was taken back to the front. */
  putBack(taken: Taken): void;
  /** What ended it, or null. */
  fault(): Fault | null;
  /** Has the server send nothing new; resolves when what it sent before was heard. */
  drain(): Promise<void>;
  /** Hears nothing more. What was heard can still be taken. */
  stop(): void;
};

type Heard = RawDeath & { readonly bytes: number };

/** Begins to listen to a subject, in its queue group if it has one. `mostBytes` may wait to be taken; what comes beyond is dropped and counted. */
export function listen(connection: Connection, { queue, group }: Source, mostBytes: number): Listening {
  const { nc } = connection;
  // an id for each message, since nobody else gives one
  const run = crypto.randomUUID();
  const line = openLine<Heard>();
  let nth = 0;
  let dropped = 0;
  const isFull = (): boolean => {
    const { count, bytes } = line.waiting();
    return bytes + count * OVERHEAD_BYTES >= mostBytes;
  };
  const subscription = nc.subscribe(queue, {
    ...(group === undefined ? {} : { queue: group }),
    callback: (error, message) => {
      if (error !== null) return line.fail(faultOf(error));
      nth += 1;
      if (isFull()) {
        dropped += 1;
        return;
      }
      try {
        line.push(heardOf(message, queue, `${run} ${nth}`));
        line.rouse();
      } catch (thrown) {
        line.fail(faultOf(thrown));
      }
    },
  });
  connection.lost.catch(line.fail);
  return {
    waiting: line.waiting,
    changed: line.changed,
    saturated: isFull,
    fault: line.fault,
    take: (limits) => {
      const missed = dropped;
      dropped = 0;
      return { deaths: line.take(limits), dropped: missed };
    },
    putBack: (taken) => {
      dropped += taken.dropped;
      line.putBack(taken.deaths);
    },
    drain: async () => {
      if (!nc.isClosed()) await subscription.drain();
    },
    stop: () => {
      if (!nc.isClosed() && !subscription.isClosed()) subscription.unsubscribe();
    },
  };
}
