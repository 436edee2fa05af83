import type { Channel, ChannelModel, ConfirmChannel } from "amqplib";
import type { TestRabbit } from "#test/brokers/rabbitmq.ts";
import { makeWake } from "#workers/runtime/wake.ts";
import { bodyOf, idIn, publishOptions } from "./messages.ts";

export type Broker = AsyncDisposable & { readonly model: ChannelModel; readonly channel: ConfirmChannel };

/** A plain amqplib connection, as any script would open it. The adapter can be loaded before it in a process, but not after. */
export async function openBroker({ host, port, username, password }: TestRabbit): Promise<Broker> {
  const { default: amqp } = await import("amqplib");
  const model = await amqp.connect({ hostname: host, port, username, password }, { noDelay: true });
  return { model, channel: await model.createConfirmChannel(), [Symbol.asyncDispose]: () => model.close() };
}

/** A replicated, durable queue: every message in it is on the disk before its confirm. */
export async function makeQueue({ channel }: Broker, queue: string): Promise<void> {
  await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
}

export type Numbers = { readonly from: number; readonly count: number };

/** Publishes messages with confirms, at most `window` unconfirmed. Resolves when all are confirmed. */
export async function fill(
  { channel }: Broker,
  queue: string,
  { from, count }: Numbers,
  { failedIn = null, window = 1_000 }: { failedIn?: string | null; window?: number } = {},
): Promise<void> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  const room = makeWake();
  let open = 0;
  const settle = (error: unknown): void => {
    if (error) fail(new Error("the broker did not confirm a message", { cause: error }));
    open--;
    room.hint();
  };
  const fewerThan = async (limit: number): Promise<void> => {
    while (open >= limit) await Promise.race([room.wait(1_000, NEVER), failed]);
  };
  for (let n = from; n < from + count; n++) {
    await fewerThan(window);
    open++;
    channel.publish("", queue, bodyOf(n), { ...publishOptions(n, failedIn), mandatory: true }, settle);
  }
  await fewerThan(1);
}

const NEVER = new AbortController().signal;

/** Consumes `count` messages with multiple acks and waits until the broker has processed them. Answers their ids. */
export async function consume({ model }: Broker, queue: string, count: number, prefetch = 1_000): Promise<string[]> {
  const channel = await model.createChannel();
  await channel.prefetch(prefetch);
  const ids: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const take: Parameters<Channel["consume"]>[1] = (message) => {
      if (message === null) return reject(new Error(`the consumer of ${queue} was cancelled`));
      ids.push(idIn(message.content));
      if (ids.length % (prefetch / 2) === 0 || ids.length === count) channel.ack(message, true);
      if (ids.length === count) resolve();
    };
    channel.consume(queue, take).catch(reject);
  });
  // the broker works through a channel in order: its answer means the acks are done
  await channel.checkQueue(queue);
  await channel.close();
  return ids;
}

/** Throws unless nothing is left in the queue. */
export async function assertEmpty({ channel }: Broker, queue: string): Promise<void> {
  const { messageCount } = await channel.checkQueue(queue);
  if (messageCount > 0) throw new Error(`${messageCount} messages are left in ${queue}`);
}
