import { Fault } from "#core/fault.ts";
import type { RawDeath } from "#core/message/raw.ts";
import type { ConsumeMessage } from "./client.ts";
import type { Connection, Tracked } from "./connection.ts";
import { faultOf } from "./faults.ts";

/** A delivery that is held, unacknowledged. */
export type Held = { readonly message: ConsumeMessage; readonly death: RawDeath; readonly bytes: number };

export type IntakeOptions = {
  readonly queue: string;
  /** Turns a delivery into a death; null for one to pass over. Throws Fault `invalid`. */
  read(message: ConsumeMessage): RawDeath | null;
  /** Arguments of basic.consume, asked again for every consumer. */
  consumerArguments(): Record<string, unknown>;
  /** Whether acknowledging is more than granting credit. */
  readonly acksRemove: boolean;
  readonly maxBytes: number;
  readonly maxCount: number;
};

/** Deliveries of one consumer on a channel of its own, unacknowledged until settled. */
export type Intake = {
  /** What waits to be handed out: how many, and their bytes. */
  waiting(): { readonly count: number; readonly bytes: number };
  /** Whether the broker will send no more before something is acknowledged. */
  saturated(): boolean;
  /** Resolves at the next delivery; throws the Fault that ended the consumer. */
  changed(): Promise<void>;
  /** Takes the next one that waits, if it has at most `maxBytes`. */
  take(maxBytes: number): Held | undefined;
  /** Puts what was taken back to the front, marked as redelivered. */
  putBack(held: readonly Held[]): void;
  /** Acknowledges, and resolves once the broker has processed it. Throws Fault. */
  acknowledge(held: readonly Held[]): Promise<void>;
  /** Closes the channel: the broker requeues what was not acknowledged. Never throws, ends within 200 ms. */
  close(): Promise<void>;
};

/** Bodies of any size may come at first; then the window follows their real size. */
const FIRST_WINDOW = 16;
const MAX_WINDOW = 4_000;
const BATCHES = 3;
/** What a message costs besides body and headers, about. */
const OVERHEAD = 200;
const CLOSE_MS = 200;

/**
 * How many unacknowledged deliveries to allow: about three batches, of which the caller may have two in hand, but never
 * many more bytes than that.
 */
export const windowFor = (averageBytes: number, { maxBytes, maxCount }: { maxBytes: number; maxCount: number }): number =>
  Math.max(1, Math.min(BATCHES * maxCount, Math.floor((BATCHES * maxBytes) / Math.max(1, averageBytes)), MAX_WINDOW));

/** Starts a consumer. Throws Fault, `not_found` for a missing queue. */
export async function openIntake(connection: Connection, options: IntakeOptions): Promise<Intake> {
  const tracked = await connection.openChannel();
  const { channel } = tracked;
  const buffer: Held[] = [];
  /** Delivery tags not settled, oldest first. */
  const open = new Set<number>();
  let bufferedBytes = 0;
  let wake = Promise.withResolvers<void>();
  let broken: Fault | null = null;
  let window = Math.min(FIRST_WINDOW, BATCHES * options.maxCount);
  let consumerTag = "";
  let averageBytes = 0;
  let seen = 0;
  let resizing = false;

  const fault = (): Fault | null => broken ?? tracked.fault();
  const rouse = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const fail = (error: unknown): void => {
    broken ??= tracked.fault() ?? faultOf(error);
    rouse();
  };

  const deliver = (message: ConsumeMessage | null): void => {
    if (message === null) return void cancelledByBroker();
    try {
      const death = options.read(message);
      if (death === null) return channel.ack(message);
      const bytes = message.content.length + OVERHEAD * (1 + death.headers.length);
      open.add(message.fields.deliveryTag);
      buffer.push({ message, death, bytes });
      bufferedBytes += bytes;
      averageBytes += (bytes - averageBytes) / Math.min(++seen, FIRST_WINDOW);
      if (seen >= Math.min(window, FIRST_WINDOW)) resize();
      rouse();
    } catch (error) {
      fail(error);
    }
  };
  /** The queue was deleted, or it moved to another node: asking for it tells which. */
  const cancelledByBroker = (): Promise<void> =>
    channel
      .checkQueue(options.queue)
      .then(() => new Fault("unreachable", `the broker ended the consumer of ${options.queue}, which is still there`))
      .then(fail, fail);
  const consume = async (): Promise<void> => {
    await channel.prefetch(window);
    const ok = await channel.consume(options.queue, deliver, { arguments: options.consumerArguments() });
    consumerTag = ok.consumerTag;
  };
  /** A consumer's window can not be changed: where it is far off, a new consumer takes over on the same channel. */
  const resize = (): void => {
    const wanted = windowFor(averageBytes, options);
    const near = wanted <= window * 2 && wanted * 2 >= window;
    if (resizing || near || fault() !== null) return;
    resizing = true;
    window = wanted;
    channel
      .cancel(consumerTag)
      .then(consume)
      .then(() => {
        resizing = false;
      }, fail);
  };
  const close = async (): Promise<void> => {
    if (tracked.fault() !== null) return;
    const timer = Promise.withResolvers<void>();
    const timeout = setTimeout(timer.resolve, CLOSE_MS);
    await Promise.race([closeChannel(tracked), timer.promise]);
    clearTimeout(timeout);
  };

  void tracked.ended.then(fail);
  try {
    await consume();
  } catch (error) {
    const reason = tracked.fault() ?? faultOf(error);
    await close();
    throw reason;
  }
  return {
    waiting: () => ({ count: buffer.length, bytes: bufferedBytes }),
    saturated: () => !resizing && open.size >= window,
    changed: async () => {
      const ended = fault();
      if (ended !== null) throw ended;
      await wake.promise;
    },
    take: (maxBytes) => {
      const next = buffer[0];
      if (next === undefined || next.bytes > maxBytes) return undefined;
      bufferedBytes -= next.bytes;
      return buffer.shift();
    },
    putBack: (held) => {
      buffer.unshift(...held.map((one) => ({ ...one, death: redelivered(one.death) })));
      for (const { bytes } of held) bufferedBytes += bytes;
      rouse();
    },
    acknowledge: async (held) => {
      const ended = tracked.fault();
      if (ended !== null) throw ended;
      try {
        settle(tracked, open, held);
        // The broker works through a channel in order, and this answer comes from the queue: it has the acks by then.
        if (options.acksRemove) await channel.checkQueue(options.queue);
      } catch (error) {
        throw tracked.fault() ?? faultOf(error);
      }
    },
    close,
  };
}

/** One ack for all when they are the oldest that are open, else one each: an ack for all would take others with it. */
function settle({ channel }: Tracked, open: Set<number>, held: readonly Held[]): void {
  const tags = new Set(held.map(({ message }) => message.fields.deliveryTag));
  let oldest = 0;
  for (const tag of open) {
    if (!tags.has(tag)) break;
    oldest++;
  }
  const last = held.at(-1);
  if (oldest === tags.size && last !== undefined) channel.ack(last.message, true);
  else for (const { message } of held) channel.ack(message);
  for (const tag of tags) open.delete(tag);
}

const redelivered = (death: RawDeath): RawDeath =>
  death.identity.kind === "exact" ? death : { ...death, identity: { ...death.identity, redelivered: true } };

async function closeChannel({ channel, ended }: Tracked): Promise<void> {
  try {
    // On a dying connection the close may never be answered.
    await Promise.race([channel.close(), ended]);
  } catch {
    // It was closed by somebody else: the broker has requeued all the same.
  }
}
