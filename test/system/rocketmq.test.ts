import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headersOf } from "#workers/adapters/rocketmq/properties.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { openRocketMq, type RocketMqClient } from "../brokers/rocketmq-client.ts";
import { rocketMqAccess } from "../brokers/rocketmq-harness.ts";
import type { RocketMqAddress } from "../brokers/rocketmq.ts";
import { eventually } from "../eventually.ts";
import { brokerScene, killAtEveryPoint, type BrokerScene } from "./broker-scene.ts";

const { server, reason } = await onDemand<RocketMqAddress>("rocketmq");
let client: RocketMqClient;
beforeAll(async () => {
  if (server !== null) client = await openRocketMq(server);
});
afterAll(async () => client?.[Symbol.asyncDispose]());

/** Captures a group's dead letters, and sends through the proxy. */
const sceneOf = (group: string): Promise<BrokerScene> => {
  if (server === null) throw new Error(reason);
  return brokerScene({ name: "trade", kind: "rocketmq", ...rocketMqAccess(server, { proxy: `127.0.0.1:${server.proxyPort}` }) }, { queue: `%DLQ%${group}` });
};

describe.skipIf(server === null)("RocketMQ", () => {
  test("given up by its group, decoded, resent with keys, tags and properties, and given up again as the same message", async () => {
    const [topic, group] = [`orders-${crypto.randomUUID()}`, `billing-${crypto.randomUUID()}`];
    await client.makeTopic(topic);
    const body = Buffer.from('{"id":12345678901234567890}');
    await client.send(topic, [{ body, properties: { KEYS: "ord_1 ord_2", TAGS: "created", tenant: "berlin" } }]);
    const [sent] = await client.readAll(topic);
    await client.giveUp(group, sent!, topic);

    await using scene = await sceneOf(group);
    await using worker = await scene.worker();
    await eventually(async () => expect(await scene.messages(), worker.tail()).toHaveLength(1), { timeoutMs: 30_000 });
    expect((await scene.messages())[0]).toMatchObject({ state: "dead", rule: "rocketmq-dlq", reason: "delivery_limit", attempts: 1, origin: topic });

    await scene.resendAll();
    await eventually(async () => expect((await scene.messages())[0], worker.tail()).toMatchObject({ state: "resent", redrives: 1 }), { timeoutMs: 30_000 });
    const resent = await eventually(async () => {
      const [, second] = await client.readAll(topic);
      if (second === undefined) throw new Error("it is not there yet");
      return second;
    });
    expect(resent.body.equals(body)).toBe(true);
    expect(resent.reconsumeTimes).toBe(0);
    const properties = new Map(headersOf(resent.properties).map(({ name, value }) => [name, "v" in value ? value.v : null]));
    expect(Object.fromEntries(properties)).toMatchObject({ KEYS: "ord_1 ord_2", TAGS: "created", tenant: "berlin", "redrive-count": "1" });
    expect([...properties.keys()].filter((name) => ["RETRY_TOPIC", "ORIGIN_MESSAGE_ID", "DELAY", "WAIT"].includes(name))).toEqual([]);

    await client.giveUp(group, resent, topic);
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]), { timeoutMs: 30_000 });
  }, 120_000);

  test("nothing is lost and nothing is stored twice, whenever a worker dies", { timeout: 300_000 }, async () => {
    const group = `killed-${crypto.randomUUID()}`;
    await client.makeTopic(`%DLQ%${group}`);
    await using scene = await sceneOf(group);
    await killAtEveryPoint(scene, async (bodies) => void (await client.send(`%DLQ%${group}`, bodies.map((body) => ({ body: Buffer.from(body) })))));
  });
});
