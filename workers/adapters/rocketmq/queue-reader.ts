import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "#core/fault.ts";
import type { CaptureLimits } from "#core/brokers/adapter.ts";
import type { Cluster } from "./cluster.ts";
import { ANSWER, REQUEST } from "./codes.ts";
import { faultOf, faultOfAnswer } from "./faults.ts";
import type { Command } from "./frame.ts";
import { messagesIn, sizeOf, type StoredMessage } from "./message.ts";
import { anewNotice, gapNotice } from "./position.ts";

/** One queue of a topic on its broker. */
export type Place = { readonly topic: string; readonly broker: string; readonly address: string; readonly queueId: number };
export const keyOf = ({ broker, queueId }: Place): string => `${broker}/${queueId}`;

export type Found = { readonly messages: readonly StoredMessage[]; readonly notices: readonly string[] };

/** Reads one queue from an offset on, and nothing is remembered by the broker for it. */
export type QueueReader = {
  readonly place: Place;
  /** The offset after what was taken. */
  next(): bigint;
  /** Whether there are messages to take or something to tell; if not, it waits for them and rings then. Throws Fault. */
  ready(): boolean;
  /** What is there within the limits; waits no longer than they say. */
  take(limits: CaptureLimits): Promise<Found>;
  /** Goes back to an offset: what lies there and behind is handed out again. */
  rewind(offset: bigint): void;
};

/** Flags of a pull: our offsets are not committed by it, the broker may hold it back, the subscription is in the request. */
const SUSPEND = 1 << 1;
const SUBSCRIPTION = 1 << 2;
const MAX_MESSAGES = 32;
const SUSPEND_MS = 5_000;
/** A broker looks every five seconds at the pulls it holds, and only then at how long it has held them. */
const HELD_MS = 20_000;
const QUICK_MS = 100;
const MAX_PAUSE_MS = 1_000;

/** The first and the next offset of a queue. Throws Fault. */
export async function boundsOf(cluster: Cluster, { topic, address, queueId }: Place, signal?: AbortSignal): Promise<{ min: bigint; max: bigint }> {
  const wire = await cluster.broker(address);
  const fields = { topic, queueId: String(queueId) };
  const ask = { fields, ...(signal === undefined ? {} : { signal }) };
  const [min, max] = await Promise.all([wire.ask(REQUEST.minOffset, ask), wire.ask(REQUEST.maxOffset, ask)]);
  return { min: offsetIn(min), max: offsetIn(max) };
}

/** The offset an answer carries. Throws Fault when it is none. */
function offsetIn(answer: Command): bigint {
  if (answer.code !== ANSWER.success) throw faultOfAnswer(answer);
  return BigInt(answer.fields.offset ?? "0");
}

/** A reader of one queue for `group`, from `start` on; `ring` is called when it has become ready, or failed. */
export function queueReader(cluster: Cluster, group: string, place: Place, start: bigint, ring: () => void): QueueReader {
  let at = start;
  let buffer: StoredMessage[] = [];
  const notices: string[] = [];
  let failure: Fault | null = null;
  let waiting = false;
  /** Grows when it goes back: what was asked for before is then no longer wanted. */
  let era = 0;

  /** Pulls what lies at `at`; whether there was anything. */
  const pull = async (suspend: boolean): Promise<boolean> => {
    const mine = era;
    const last = buffer.at(-1);
    const from = last === undefined ? at : last.queueOffset + 1n;
    const wire = await cluster.broker(place.address);
    const answer = await wire.ask(REQUEST.pull, { fields: pullFields(place, group, from, suspend), timeoutMs: HELD_MS });
    if (answer.code === ANSWER.pullNotFound || answer.code === ANSWER.pullRetryImmediately) return false;
    if (answer.code === ANSWER.pullOffsetMoved) {
      const { min, max } = await boundsOf(cluster, place);
      // inside the bounds an operator reset our group's offset: what Postgres says counts
      if (era !== mine || (from >= min && from <= max)) return false;
      notices.push(from < min ? gapNotice(keyOf(place), from, min) : anewNotice(keyOf(place)));
      at = min;
      return true;
    }
    if (answer.code !== ANSWER.success) throw faultOfAnswer(answer);
    const messages = messagesIn(answer.body).filter(({ queueOffset }) => queueOffset >= from);
    const [first] = messages;
    // queues have no holes but those that retention makes
    const gap = first !== undefined && first.queueOffset > from ? gapNotice(keyOf(place), from, first.queueOffset) : null;
    if (era !== mine) return false;
    if (gap !== null) notices.push(gap);
    buffer.push(...messages);
    return messages.length > 0;
  };

  const somethingThere = (): boolean => buffer.length > 0 || notices.length > 0;
  const wait = async (): Promise<void> => {
    const mine = era;
    let pause = 0;
    while (era === mine && !somethingThere() && !cluster.ended.aborted) {
      const started = performance.now();
      await pull(true);
      // a broker that answers at once without messages (short polling, a moved offset) is not asked in a hot loop
      if (somethingThere() || performance.now() - started >= QUICK_MS) continue;
      pause = Math.min(MAX_PAUSE_MS, pause * 2 + 50);
      await sleep(pause, undefined, { ref: false });
    }
  };

  return {
    place,
    next: () => at,
    ready() {
      if (failure !== null) throw failure;
      if (somethingThere()) return true;
      if (waiting) return false;
      waiting = true;
      const mine = era;
      wait()
        .catch((error: unknown) => {
          if (era === mine) failure = faultOf(error);
        })
        .finally(() => {
          if (era === mine) waiting = false;
          ring();
        });
      return false;
    },
    async take({ maxBytes, maxCount, maxWaitMs }) {
      const until = performance.now() + maxWaitMs;
      const messages: StoredMessage[] = [];
      const found = (): Found => ({ messages, notices: notices.splice(0) });
      let bytes = 0;
      for (;;) {
        for (let [first] = buffer; first !== undefined; [first] = buffer) {
          if (messages.length > 0 && (messages.length >= maxCount || bytes + sizeOf(first) > maxBytes)) return found();
          buffer.shift();
          messages.push(first);
          bytes += sizeOf(first);
          at = first.queueOffset + 1n;
        }
        if (messages.length >= maxCount || bytes >= maxBytes || performance.now() >= until) return found();
        if (!(await pull(false)) || buffer.length === 0) return found();
      }
    },
    rewind(offset) {
      era++;
      at = offset;
      buffer = [];
      waiting = false;
    },
  };
}

const pullFields = ({ topic, queueId }: Place, group: string, from: bigint, suspend: boolean): Readonly<Record<string, string>> => ({
  consumerGroup: group,
  topic,
  queueId: String(queueId),
  queueOffset: String(from),
  maxMsgNums: String(MAX_MESSAGES),
  sysFlag: String(SUBSCRIPTION | (suspend ? SUSPEND : 0)),
  commitOffset: "0",
  suspendTimeoutMillis: String(suspend ? SUSPEND_MS : 0),
  subscription: "*",
  subVersion: "0",
  expressionType: "TAG",
});
