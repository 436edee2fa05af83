import type { CaptureLimits } from "#core/brokers/adapter.ts";
import { openLine, type Line } from "#core/brokers/line.ts";
import { Fault } from "#core/fault.ts";
import { deliveryOf, type Delivery } from "./message.ts";
import type { Socket } from "./socket.ts";

/** Deliveries of one consumer, held until they are settled. */
export type Intake = Pick<Line<Delivery>, "waiting" | "changed" | "take" | "putBack"> & {
  /** Whether no more comes before something is taken. */
  saturated(): boolean;
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
  const line = openLine<Delivery>();
  /** All that was delivered and not acknowledged, by id, for what comes twice. */
  const held = new Map<string, Delivery>();
  const answers: (() => void)[] = [];
  let opened: Socket | null = null;
  let average = GUESS_BYTES;
  let asked = 0;
  let lastAt = performance.now();

  const check = (): void => {
    const fault = line.fault();
    if (fault !== null) throw fault;
  };
  const fail = (why: Fault): void => {
    line.fail(why);
    for (const answered of answers.splice(0)) answered();
  };
  const command = (frame: object): void => {
    check();
    opened?.send(JSON.stringify(frame));
  };
  const breathe = (): void => {
    // an answer to an acknowledgement comes behind what is on its way
    if (line.waiting().bytes > 4 * limits.maxBytes && answers.length === 0) opened?.pause();
    else opened?.resume();
  };
  const pull = (): void => {
    if (opened === null || line.fault() !== null) return;
    const { count, bytes } = line.waiting();
    const room = Math.min(limits.maxCount - count, Math.floor((limits.maxBytes - bytes) / average));
    const wanted = Math.max(room, count === 0 ? 1 : 0) - asked;
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
      line.push(delivery);
      held.set(delivery.id, delivery);
    }
    pull();
    breathe();
    line.rouse();
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
    waiting: line.waiting,
    changed: line.changed,
    putBack: line.putBack,
    saturated: () => asked === 0,
    take: (within) => {
      const taken = line.take(within);
      pull();
      breathe();
      return taken;
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
      check();
    },
    held: () => held.size,
    silentSince: () => (asked > 0 && line.fault() === null ? lastAt : null),
    unstick: () => {
      // what was asked for is taken back first: the service reads on when the count was not below zero
      const open = asked;
      asked = 0;
      command({ type: "permit", permitMessages: -open });
      pull();
    },
    hear: (text) => {
      if (line.fault() !== null) return;
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
