import type { Filling } from "#core/brokers/filled.ts";
import type { Fault } from "#core/fault.ts";
import type { RawDeath } from "#core/message/raw.ts";
import type { Connection } from "./connection.ts";
import type { Source } from "./consumer.ts";
import { faultOf } from "./faults.ts";
import { heardOf } from "./message.ts";

/** What a message costs in memory besides its own bytes, about. */
const OVERHEAD_BYTES = 1_024;

type Taken = { readonly deaths: readonly RawDeath[]; /** How many were dropped since the last time. */ readonly dropped: number };

/** A subscription of core NATS, and what it heard. */
export type Listening = Filling & {
  /** The next ones within the limits, but one at least. */
  take(limits: { readonly maxBytes: number; readonly maxCount: number }): Taken;
  /** Puts what was taken back to the front. */
  putBack(taken: Taken): void;
  /** Throws the Fault that ended it. */
  check(): void;
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
  const waiting: Heard[] = [];
  let nth = 0;
  let bytes = 0;
  let held = 0;
  let dropped = 0;
  let fault: Fault | null = null;
  let change = Promise.withResolvers<void>();
  const rouse = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };
  const fail = (why: Fault): void => {
    fault ??= why;
    rouse();
  };
  const check = (): void => {
    if (fault !== null) throw fault;
  };
  const subscription = nc.subscribe(queue, {
    ...(group === undefined ? {} : { queue: group }),
    callback: (error, message) => {
      if (error !== null) return fail(faultOf(error));
      nth += 1;
      if (held >= mostBytes) {
        dropped += 1;
        return;
      }
      try {
        const heard = heardOf(message, queue, `${run} ${nth}`);
        waiting.push(heard);
        bytes += heard.bytes;
        held += heard.bytes + OVERHEAD_BYTES;
        rouse();
      } catch (thrown) {
        fail(faultOf(thrown));
      }
    },
  });
  connection.lost.catch(fail);
  return {
    waiting: () => ({ count: waiting.length, bytes }),
    saturated: () => held >= mostBytes,
    changed: async () => {
      check();
      await change.promise;
      check();
    },
    check,
    take: ({ maxBytes, maxCount }) => {
      let count = 0;
      for (let size = 0; count < Math.min(maxCount, waiting.length); count++) {
        size += waiting[count]?.bytes ?? 0;
        if (count > 0 && size > maxBytes) break;
      }
      const taken = waiting.splice(0, count);
      for (const { bytes: size } of taken) {
        bytes -= size;
        held -= size + OVERHEAD_BYTES;
      }
      const missed = dropped;
      dropped = 0;
      return { deaths: taken, dropped: missed };
    },
    putBack: (taken) => {
      const deaths = taken.deaths as readonly Heard[];
      waiting.unshift(...deaths);
      for (const { bytes: size } of deaths) {
        bytes += size;
        held += size + OVERHEAD_BYTES;
      }
      dropped += taken.dropped;
      rouse();
    },
    drain: async () => {
      if (!nc.isClosed()) await subscription.drain();
    },
    stop: () => {
      if (!nc.isClosed() && !subscription.isClosed()) subscription.unsubscribe();
    },
  };
}
