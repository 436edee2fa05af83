import { once } from "node:events";
import amqp, { type Channel, type ConfirmChannel, type GetMessage, type Options } from "amqplib";
import { eventually } from "#test/eventually.ts";
import type { Pair } from "./facts.ts";

/** A producer and consumer that knows nothing of Redrive. */
export type Rabbit = {
  readonly channel: ConfirmChannel;
  /** Publishes to a queue and waits for the broker's confirm. */
  put(queue: string, body: Buffer | string, options?: Options.Publish): Promise<void>;
  /** Waits for the next message of a queue and takes it; its fate is the caller's. */
  take(queue: string): Promise<GetMessage>;
  /** Takes the next message of a queue and rejects it, so that it is dead-lettered. */
  reject(queue: string): Promise<GetMessage>;
  close(): Promise<void>;
};

/** Declares a work queue and the queue its rejected messages go to. */
export async function declarePair(channel: Channel, { work, dead }: Pair): Promise<void> {
  await channel.assertQueue(dead, { durable: true });
  await channel.assertQueue(work, { durable: true, arguments: { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead } });
}

/** Opens a connection of a producer and consumer. */
export async function openRabbit(url: string): Promise<Rabbit> {
  const model = await amqp.connect(url);
  const channel = await model.createConfirmChannel();
  const put: Rabbit["put"] = async (queue, body, options = {}) => {
    if (!channel.publish("", queue, Buffer.from(body), { persistent: true, ...options })) await once(channel, "drain");
    await channel.waitForConfirms();
  };
  const take: Rabbit["take"] = (queue) =>
    eventually(async () => await channel.get(queue), { timeoutMs: 30_000, intervalMs: 50 }) as Promise<GetMessage>;
  return {
    channel,
    put,
    take,
    reject: async (queue) => {
      const message = await take(queue);
      channel.nack(message, false, false);
      return message;
    },
    close: () => model.close(),
  };
}

/** What Spring AMQP's RepublishMessageRecoverer adds to a message whose listener threw. */
export function springFailure(queue: string, type: string, message: string): Options.Publish {
  const stack = [`${type}: ${message}`, "\tat com.shop.Handler.handle(Handler.java:42)", "\tat com.shop.Listener.onMessage(Listener.java:17)"].join("\n");
  return {
    contentType: "application/json",
    headers: { "x-exception-message": message, "x-exception-stacktrace": stack, "x-original-exchange": "", "x-original-routingKey": queue },
  };
}
