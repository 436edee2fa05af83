import amqp, { type Channel, type ChannelModel, type ConfirmChannel } from "amqplib";
import type { TestRabbit } from "#test/brokers/rabbitmq.ts";
import { bodyOf, idIn, publishOptions } from "./messages.ts";

export type Broker = AsyncDisposable & { readonly model: ChannelModel; readonly channel: ConfirmChannel };

/** A plain amqplib connection, as any script would open it. */
export async function openBroker({ host, port, username, password }: TestRabbit): Promise<Broker> {
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
  let open = 0;
  let wake = Promise.withResolvers<void>();
  const settled = Promise.withResolvers<never>();
  const confirmed = (error: unknown): void => {
    if (error) settled.reject(new Error("the broker did not confirm a message", { cause: error }));
    open--;
    wake.resolve();
    wake = Promise.withResolvers();
  };
  for (let n = from; n < from + count; n++) {
    while (open >= window) await Promise.race([wake.promise, settled.promise]);
    open++;
    channel.publish("", queue, bodyOf(n), { ...publishOptions(n, failedIn), mandatory: true }, confirmed);
  }
  while (open > 0) await Promise.race([wake.promise, settled.promise]);
}

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
