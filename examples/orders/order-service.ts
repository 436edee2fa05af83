// The order service: node order-service.ts [count] [a second] [each n-th is bad]. Publishes `order.placed`, at
// least once, and prints `placed <order id>`.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import amqp from "amqplib";
import { env } from "./env.ts";

export type OrderPlaced = {
  /** Made once, with the order: whoever sees it twice sees the same order twice. */
  readonly orderId: string;
  readonly sku: string;
  readonly quantity: number;
};

const EXCHANGE = "example.orders";
const QUEUE = "example.orders.inventory";
const ROUTING_KEY = "order.placed";
const SKUS = ["espresso-cup", "desk-lamp", "wool-blanket"];

const connection = await amqp.connect(env.rabbitmqUrl);
const channel = await connection.createConfirmChannel();
await channel.assertExchange(EXCHANGE, "topic", { durable: true });
await channel.assertQueue(QUEUE, { durable: true, arguments: { "x-queue-type": "quorum" } });
await channel.bindQueue(QUEUE, EXCHANGE, ROUTING_KEY);

const [count, perSecond, badEvery] = [process.argv[2] ?? "Infinity", process.argv[3] ?? "3", process.argv[4] ?? "0"].map(Number) as [number, number, number];
for (let n = 1; n <= count; n += 1) {
  // what the inventory will refuse, now and then
  const sku = badEvery > 0 && n % badEvery === 0 ? "discontinued-mug" : (SKUS[n % SKUS.length] ?? "");
  const order: OrderPlaced = { orderId: randomUUID(), sku, quantity: 1 + (n % 3) };
  await publish(order);
  process.stdout.write(`placed ${order.orderId}\n`);
  // an outbox that dies after the broker's confirm and before its own note of it publishes again when it is back
  if (n % 5 === 0) await publish(order);
  await sleep(1_000 / perSecond);
}
await connection.close();

async function publish(order: OrderPlaced): Promise<void> {
  channel.publish(EXCHANGE, ROUTING_KEY, Buffer.from(JSON.stringify(order)), { persistent: true, contentType: "application/json", messageId: order.orderId });
  await channel.waitForConfirms();
}
