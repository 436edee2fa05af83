import { connect, type Channel, type GetMessage } from "amqplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRabbit, type TestRabbit } from "#test/brokers/rabbitmq.ts";
import { eventually } from "#test/eventually.ts";
import { start } from "./rabbitmq-traffic.ts";
import { SHOP, SHOP_QUEUES } from "./shop-queues.ts";

let rabbit: TestRabbit;
beforeAll(async () => {
  const started = await startRabbit({ own: true });
  if (started.rabbit === null) throw new Error(started.reason);
  rabbit = started.rabbit;
}, 120_000);
afterAll(() => rabbit.stop());

const url = (): string => `amqp://${rabbit.username}:${rabbit.password}@${rabbit.host}:${rabbit.port}/${encodeURIComponent(rabbit.vhost)}`;

async function withChannel<T>(act: (channel: Channel) => Promise<T>): Promise<T> {
  const broker = await connect(url());
  try {
    const channel = await broker.createChannel();
    // A queue that is not there yet closes the channel; the call that asked for it rejects as well.
    channel.on("error", () => undefined);
    return await act(channel);
  } finally {
    await broker.close();
  }
}

const oneOf = (queue: string): Promise<GetMessage> =>
  withChannel(async (channel) => {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) throw new Error(`nothing in ${queue}`);
    return message;
  });

test("letters appear in every dead-letter queue in its framework's manner, also after the broker was away", { timeout: 180_000 }, async () => {
  const stop = await start({ url: url(), rate: 300, signal: new AbortController().signal, log: () => undefined });
  try {
    const letters = new Map<string, GetMessage>();
    for (const { dead } of SHOP_QUEUES) letters.set(dead, await eventually(() => oneOf(dead), { timeoutMs: 40_000 }));
    const headers = (dead: string): Record<string, unknown> => ({ ...letters.get(dead)?.properties.headers });
    expect(headers("shop.payments.dlq")).toMatchObject({
      "x-death": [{ queue: "shop.payments", reason: "rejected", exchange: SHOP, "routing-keys": ["payment.requested"] }],
    });
    expect(headers("shop.inventory.dlq")).toMatchObject({
      __TypeId__: "com.example.shop.orders.OrderPlaced",
      "x-original-exchange": SHOP,
      "x-original-routingKey": "order.placed.eu",
      "x-exception-stacktrace": expect.stringMatching(/\nCaused by: com\.example\.shop\.\S+: .+\n\tat /) as string,
    });
    expect(headers("shop.inventory.dlq")).not.toHaveProperty("x-death");
    expect(headers("shop.notifications.dlq")).toMatchObject({ task: "shop.notifications.tasks.send_email", retries: 3, "x-first-death-reason": "rejected" });
    expect(headers("shop.shipping_error")).toMatchObject({ "MT-Reason": "fault", "MT-Fault-InputAddress": "rabbitmq://localhost/shop.shipping" });
    expect(letters.get("shop.payments.dlq")?.content.toString()).toMatch(/"orderId":\d{20},/);

    await rabbit.kill9AndStart();
    for (const { dead } of SHOP_QUEUES) await withChannel((channel) => channel.purgeQueue(dead));
    for (const { dead } of SHOP_QUEUES) await eventually(() => oneOf(dead), { timeoutMs: 60_000 });
  } finally {
    await stop();
  }
  const left = await withChannel((channel) => channel.checkQueue("shop.payments"));
  expect(left.consumerCount).toBe(0);
});

test("nothing listening: it waits and can be stopped", async () => {
  const lines: string[] = [];
  const stop = await start({ url: "amqp://guest:guest@127.0.0.1:1", rate: 1, signal: new AbortController().signal, log: (line) => lines.push(line) });
  await eventually(() => lines.length > 0);
  await stop();
  expect(lines[0]).toContain("trying again");
  expect(lines.join()).not.toContain("guest:guest");
});
