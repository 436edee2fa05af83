import { connect, type Channel, type ChannelModel, type ConsumeMessage } from "amqplib";
import { oneIn, pick } from "./chance.ts";
import { judge, type DemoFailure } from "./failures.ts";
import { inBackground, pause, produce, type TrafficOptions } from "./pace.ts";
import { ROUTED_QUEUE, SENT_TWICE } from "./routed-orders.ts";
import { SHOP, SHOP_DLX, SHOP_QUEUES, type ShopQueue } from "./shop-queues.ts";

const PREFETCH = 50;

/**
 * Producers and consumers of a small shop on RabbitMQ, each queue in the manner of another framework. About one message
 * in ten dies, into `shop.payments.dlq`, `shop.inventory.dlq`, `shop.notifications.dlq` or `shop.shipping_error`.
 * `url` is an `amqp://` address. Begins in the background, survives a broker that is away, and never throws.
 * Resolves to what stops it.
 */
export const start = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample traffic on RabbitMQ", given, trade);

async function trade({ url, rate, signal, log }: TrafficOptions): Promise<void> {
  const broker = await connect(url, { timeout: 5_000, clientProperties: { connection_name: "redrive demo" } });
  const gone = new AbortController();
  broker.on("error", (error: Error) => log(`sample traffic on RabbitMQ: ${error.message}`));
  broker.on("close", () => gone.abort());
  const live = AbortSignal.any([signal, gone.signal]);
  try {
    const channel = await broker.createChannel();
    channel.on("error", (error: Error) => log(`sample traffic on RabbitMQ: ${error.message}`));
    channel.on("close", () => gone.abort());
    await declare(channel);
    for (const shop of SHOP_QUEUES) await consume(broker, shop, gone);
    log(`sample traffic on RabbitMQ: ${rate} messages/s on ${SHOP_QUEUES.map(({ queue }) => queue).join(", ")}`);
    await produce(rate, live, async () => {
      const { key, make } = pick(SHOP_QUEUES);
      const { body, options } = make();
      const publish = (exchange: string, to: string): boolean =>
        channel.publish(exchange, to, Buffer.from(JSON.stringify(body)), { persistent: true, timestamp: Math.floor(Date.now() / 1_000), ...options });
      const free = publish(SHOP, key);
      if (key.startsWith("order.") && oneIn(SENT_TWICE)) publish("", ROUTED_QUEUE);
      if (!free) await pause(50, live);
    });
    if (!signal.aborted) throw new Error("the connection was lost");
  } finally {
    await Promise.race([closed(broker), pause(2_000, new AbortController().signal)]);
  }
}

/** Closing what has closed already throws. */
async function closed(broker: ChannelModel): Promise<void> {
  try {
    await broker.close();
  } catch {
    return;
  }
}

async function declare(channel: Channel): Promise<void> {
  await channel.assertExchange(SHOP, "topic", { durable: true });
  await channel.assertExchange(SHOP_DLX, "direct", { durable: true });
  for (const { queue, dead, key } of SHOP_QUEUES) {
    await channel.assertQueue(dead, { durable: true });
    await channel.bindQueue(dead, SHOP_DLX, queue);
    await channel.assertQueue(queue, { durable: true, arguments: { "x-dead-letter-exchange": SHOP_DLX, "x-dead-letter-routing-key": queue } });
    await channel.bindQueue(queue, SHOP, key);
  }
  // without its route nobody empties it
  await channel.assertQueue(ROUTED_QUEUE, { durable: true, arguments: { "x-max-length": 10_000 } });
  await channel.bindQueue(ROUTED_QUEUE, SHOP, "order.#");
}

async function consume(broker: ChannelModel, shop: ShopQueue, gone: AbortController): Promise<void> {
  const channel = await broker.createChannel();
  channel.on("error", () => undefined);
  channel.on("close", () => gone.abort());
  await channel.prefetch(PREFETCH);
  await channel.consume(shop.queue, (message) => {
    if (message === null) return gone.abort();
    const failed = verdict(shop, message);
    try {
      if (failed === null) channel.ack(message);
      else shop.bury(channel, message, failed);
    } catch {
      // The channel closed under the message; the broker has it back.
      gone.abort();
    }
  });
}

const NOT_JSON: DemoFailure = {
  name: "MessageConversionError",
  message: "the body is not what this queue carries",
  retryable: false,
  frames: ["fromMessage (/srv/shop/src/messaging/json.ts:22:13)"],
  facts: {},
};

function verdict(shop: ShopQueue, { content, properties }: ConsumeMessage): DemoFailure | null {
  const headers = properties.headers ?? {};
  const round = String(headers["redrive-count"] ?? 0);
  const id = String(properties.messageId ?? properties.correlationId ?? "");
  try {
    return judge(shop.service, { seed: `${id}/${round}`, resent: round !== "0", data: shop.data(content), now: new Date() });
  } catch {
    return NOT_JSON;
  }
}
