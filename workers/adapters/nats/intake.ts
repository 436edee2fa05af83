import { createInbox, type Msg, type Subscription } from "@nats-io/transport-node";
import { openLine, type Line } from "#core/brokers/line.ts";
import { Fault } from "#core/fault.ts";
import type { Connection } from "./connection.ts";
import { ACK_WAIT_MS, type Reader } from "./consumer.ts";
import { faultOf } from "./faults.ts";
import { deliveryOf, type Delivery } from "./message.ts";

export type Limits = { readonly maxBytes: number; readonly maxCount: number };

/** Deliveries of one consumer, held until they are settled. */
export type Intake = Pick<Line<Delivery>, "waiting" | "changed" | "take" | "putBack"> & {
  /** Whether no more comes before something is taken. */
  saturated(): boolean;
  /** Resolves when the server has processed the acknowledgement of all. Throws Fault. */
  acknowledge(deliveries: readonly Delivery[]): Promise<void>;
  /** Gives back what is not acknowledged, and ends the consumer. Never throws. */
  close(): Promise<void>;
};

/** How long the server may keep a pull open, and how long its answers may then be late. */
const PULL_MS = 1_000;
const LATE_MS = 4_000;
const ACK_MS = 5_000;
/** Between two pulls that the server refused for the moment. */
const REST_MS = 250;
const MS_NS = 1_000_000;

const ACK = "+ACK";
/**
 * Not before the last pull has run out: the server (2.9) gives the first of what comes back to a pull whose subscription is
 * gone, and then waits in vain for its acknowledgement.
 */
const NAK = `-NAK ${JSON.stringify({ delay: (PULL_MS + 200) * MS_NS })}`;
const IN_PROGRESS = "+WPI";

/** Ends of a pull after which the next one may follow, as the server says them (nats-server's consumer.go). */
const ENDED = /^(batch completed|leadership change|server shutdown|request canceled)/i;
const REST = /^exceeded maxwaiting/i;
const TOO_BIG = /^message size exceeds maxbytes/i;
const GONE = /^(consumer|stream) deleted/i;

/**
 * Pulls no more than there is room for, one pull at a time. A message larger than the room ends a pull; it is asked for
 * alone when nothing else waits.
 */
export function openIntake(connection: Connection, reader: Reader, limits: Limits): Intake {
  const { nc } = connection;
  const inbox = createInbox();
  const next = `${connection.domain === "" ? "$JS.API" : `$JS.${connection.domain}.API`}.CONSUMER.MSG.NEXT.${reader.stream}.${reader.consumer}`;
  const line = openLine<Delivery>();
  /** All that was delivered and not acknowledged, with the caller or waiting; by sequence, for what comes twice. */
  const held = new Map<bigint, Delivery>();
  let nth = 0n;
  let pulls = 0;
  /** Messages the open pull may still bring; 0 when none is open. */
  let expected = 0;
  let tooBig = false;
  let closed = false;
  let late: NodeJS.Timeout | undefined;
  let rest: NodeJS.Timeout | undefined;

  const fail = (why: Fault): void => {
    clearTimeout(late);
    line.fail(why);
  };
  const watch = (): void => {
    clearTimeout(late);
    late = setTimeout(() => fail(new Fault("timeout", `the consumer ${reader.consumer} did not answer: is there a leader, and may this login publish to ${next}?`)), PULL_MS + LATE_MS);
  };
  const pull = (): void => {
    if (closed || line.fault() !== null || expected > 0) return;
    const { count, bytes } = line.waiting();
    const room = { count: limits.maxCount - count, bytes: limits.maxBytes - bytes };
    if (tooBig ? count > 0 : Math.min(room.count, room.bytes) <= 0) return;
    const request = tooBig ? { batch: 1 } : { batch: room.count, max_bytes: room.bytes };
    tooBig = false;
    expected = request.batch;
    pulls += 1;
    watch();
    try {
      nc.publish(next, JSON.stringify({ ...request, expires: PULL_MS * MS_NS }), { reply: `${inbox}.${pulls}` });
    } catch (error) {
      fail(connection.fault() ?? faultOf(error));
    }
  };
  const ended = (): void => {
    expected = 0;
    clearTimeout(late);
    pull();
  };
  const receive = (message: Msg): void => {
    const delivery = deliveryOf(message);
    // without acknowledgements a delivery that got lost would never come again
    if (!reader.acknowledges && delivery.nth !== nth + 1n) throw new Fault("internal", `delivery ${nth + 1n} of the stream ${reader.stream} did not arrive`);
    nth = delivery.nth;
    const again = held.has(delivery.sequence);
    held.set(delivery.sequence, delivery);
    if (!again) line.push(delivery);
    expected -= 1;
    if (expected === 0) ended();
    else watch();
    line.rouse();
  };
  const status = (message: Msg): void => {
    if (message.subject !== `${inbox}.${pulls}` || message.headers?.code === 100) return;
    const { code = 0, description = "" } = message.headers ?? {};
    tooBig = code === 409 && TOO_BIG.test(description);
    if (tooBig || code === 404 || code === 408 || (code === 409 && ENDED.test(description))) ended();
    else if (code === 409 && REST.test(description)) rest = setTimeout(ended, REST_MS);
    else fail(new Fault(GONE.test(description) || code === 503 ? "not_found" : "blocked", `the consumer ${reader.consumer} ended: ${code} ${description}`));
    line.rouse();
  };
  const subscription: Subscription = nc.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (closed || line.fault() !== null) return;
      try {
        if (error !== null) fail(faultOf(error));
        else if (message.subject.startsWith(inbox)) status(message);
        else receive(message);
      } catch (thrown) {
        fail(faultOf(thrown));
      }
    },
  });
  const tell = (reply: string, word: string): void => {
    if (!nc.isClosed()) nc.publish(reply, word);
  };
  const prolong = setInterval(() => {
    for (const { reply } of held.values()) tell(reply, IN_PROGRESS);
  }, ACK_WAIT_MS / 3);
  if (!reader.acknowledges) clearInterval(prolong);
  connection.lost.catch(fail);
  pull();

  return {
    waiting: line.waiting,
    changed: line.changed,
    putBack: line.putBack,
    saturated: () => {
      const { count, bytes } = line.waiting();
      return tooBig || count >= limits.maxCount || bytes >= limits.maxBytes;
    },
    take: (within) => {
      const taken = line.take(within);
      pull();
      return taken;
    },
    acknowledge: async (deliveries) => {
      const replies = deliveries.map(({ sequence, reply }) => held.get(sequence)?.reply ?? reply);
      for (const { sequence } of deliveries) held.delete(sequence);
      const last = replies.pop();
      if (!reader.acknowledges || last === undefined) return;
      for (const reply of replies) tell(reply, ACK);
      // A consumer works its acknowledgements off in their order, so the answer to the last one stands for all.
      await nc.request(last, ACK, { timeout: ACK_MS }).catch((error: unknown) => {
        throw connection.fault() ?? faultOf(error);
      });
    },
    close: async () => {
      closed = true;
      clearTimeout(late);
      clearTimeout(rest);
      clearInterval(prolong);
      if (nc.isClosed()) return;
      subscription.unsubscribe();
      if (reader.acknowledges) for (const { reply } of held.values()) tell(reply, NAK);
      await reader.close();
      if (!nc.isClosed()) await nc.flush().catch(() => {});
    },
  };
}
