import type { CaptureLimits } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { deliveryOf, type Delivery } from "./message.ts";
import type { Socket } from "./socket.ts";

/** Deliveries of one consumer, held until they are settled. */
export type Intake = {
  /** What waits to be handed out: how many, and their bytes. */
  waiting(): { readonly count: number; readonly bytes: number };
  /** Whether no more comes before something is taken. */
  saturated(): boolean;
  /** Resolves at the next delivery; throws the Fault that ended the consumer. */
  changed(): Promise<void>;
  /** Takes the next ones, within the limits, but one at least. */
  take(limits: CaptureLimits): Delivery[];
  /** Puts what was taken back to the front. */
  putBack(deliveries: readonly Delivery[]): void;
  /** Resolves when the service has read the acknowledgement of all. Throws Fault. */
  acknowledge(deliveries: readonly Delivery[]): Promise<void>;
  /** Deliveries that are with us and not acknowledged. */
  held(): number;
  /** Since when nothing came although something was asked for, in ms of `performance.now()`; null while nothing is asked for. */
  silentSince(): number | null;
  /** Makes the service ask for the next message again, after one that it failed to hand over. */
  unstick(): void;
  hear(text: string): void;
};

const ACK_MS = 5_000;
/** Before the first message came, its size is a guess: so many bytes. */
const GUESS_BYTES = 32 * 1024;
const LEAST_BYTES = 512;

/**
 * Asks for no more messages than there is room for (`pullMode`), by the size of those that came. Larger ones stop the
 * reading, so that they wait in the network and not in memory.
 */
export function openIntake(socket: Promise<Socket>, queue: string, limits: CaptureLimits): Intake {
  const waiting: Delivery[] = [];
  /** All that was delivered and not acknowledged, by id, for what comes twice. */
  const held = new Map<string, Delivery>();
  const answers: (() => void)[] = [];
  let opened: Socket | null = null;
  let bytes = 0;
  let average = GUESS_BYTES;
  let asked = 0;
  let lastAt = performance.now();
  let fault: Fault | null = null;
  let change = Promise.withResolvers<void>();

  const rouse = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };
  const fail = (why: Fault): void => {
    fault ??= why;
    for (const answered of answers.splice(0)) answered();
    rouse();
  };
  const command = (frame: object): void => {
    if (fault !== null) throw fault;
    opened?.send(JSON.stringify(frame));
  };
  const breathe = (): void => {
    // an answer to an acknowledgement comes behind what is on its way
    if (bytes > 4 * limits.maxBytes && answers.length === 0) opened?.pause();
    else opened?.resume();
  };
  const pull = (): void => {
    if (opened === null || fault !== null) return;
    const room = Math.min(limits.maxCount - waiting.length, Math.floor((limits.maxBytes - bytes) / average));
    const wanted = Math.max(room, waiting.length === 0 ? 1 : 0) - asked;
    if (wanted <= 0 || (asked > 0 && wanted < room / 2)) return;
    if (asked === 0) lastAt = performance.now();
    asked += wanted;
    command({ type: "permit", permitMessages: wanted });
  };
  const receive = (delivery: Delivery): void => {
    asked = Math.max(0, asked - 1);
    lastAt = performance.now();
    average = Math.max(LEAST_BYTES, average + (delivery.bytes - average) / 8);
    // the service's own consumer reconnects, and then all that is not acknowledged comes again
    if (!held.has(delivery.id)) {
      waiting.push(delivery);
      bytes += delivery.bytes;
      held.set(delivery.id, delivery);
    }
    pull();
    breathe();
    rouse();
  };
  void socket.then(
    (each) => {
      opened = each;
      void each.ended.then((end) => fail(end.fault));
      pull();
    },
    () => {},
  );

  return {
    waiting: () => ({ count: waiting.length, bytes }),
    saturated: () => asked === 0,
    changed: async () => {
      if (fault !== null) throw fault;
      await change.promise;
      if (fault !== null) throw fault;
    },
    take: ({ maxBytes, maxCount }) => {
      let count = 0;
      for (let size = 0; count < Math.min(maxCount, waiting.length); count++) {
        size += waiting[count]?.bytes ?? 0;
        if (count > 0 && size > maxBytes) break;
      }
      const taken = waiting.splice(0, count);
      for (const delivery of taken) bytes -= delivery.bytes;
      pull();
      breathe();
      return taken;
    },
    putBack: (deliveries) => {
      waiting.unshift(...deliveries);
      for (const delivery of deliveries) bytes += delivery.bytes;
      rouse();
    },
    acknowledge: async (deliveries) => {
      for (const { messageId } of deliveries) command({ messageId });
      for (const { id } of deliveries) held.delete(id);
      const answer = Promise.withResolvers<void>();
      answers.push(answer.resolve);
      breathe();
      // commands are read in their order: the answer to this one says that the acknowledgements before it were
      command({ type: "isEndOfTopic" });
      const late = setTimeout(() => fail(new Fault("timeout", "the WebSocket service did not take the acknowledgements in time")), ACK_MS);
      await answer.promise;
      clearTimeout(late);
      if (fault !== null) throw fault;
    },
    held: () => held.size,
    silentSince: () => (asked > 0 && fault === null ? lastAt : null),
    unstick: () => {
      // what was asked for is taken back first: the service reads on when the count was not below zero
      const open = asked;
      asked = 0;
      command({ type: "permit", permitMessages: -open });
      pull();
    },
    hear: (text) => {
      if (fault !== null) return;
      try {
        const frame = JSON.parse(text) as Record<string, unknown>;
        if ("endOfTopic" in frame) answers.shift()?.();
        else receive(deliveryOf(frame, queue));
      } catch (error) {
        fail(error instanceof Fault ? error : new Fault("internal", "the WebSocket service sent what is no JSON", { cause: error }));
      }
    },
  };
}
