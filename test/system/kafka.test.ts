import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kafka, Producer } from "kafkajs";
import { kafkaClient, type KafkaAddress } from "../brokers/kafka.ts";
import { kafkaAccess, makeTopic, readAll } from "../brokers/kafka-harness.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { eventually } from "../eventually.ts";
import { brokerScene, killAtEveryPoint, type BrokerScene } from "./broker-scene.ts";

const { server, reason } = await onDemand<KafkaAddress>("kafka");
let client: Kafka;
let producer: Producer;
beforeAll(async () => {
  if (server === null) return;
  client = kafkaClient(server);
  producer = client.producer({ allowAutoTopicCreation: false });
  await producer.connect();
});
afterAll(async () => producer?.disconnect());

const sceneOf = (topic: string): Promise<BrokerScene> => {
  if (server === null) throw new Error(reason);
  return brokerScene({ name: "events", kind: "kafka", ...kafkaAccess(server.port) }, { queue: topic });
};
const newTopic = async (partitions = 1): Promise<string> => {
  const topic = `system-${crypto.randomUUID()}`;
  await makeTopic(client, topic, partitions);
  return topic;
};

const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
/** What Spring Kafka's recoverer writes about a listener that threw. */
const springHeaders = (topic: string) => ({
  "kafka_dlt-original-topic": topic,
  "kafka_dlt-original-partition": Buffer.from([0, 0, 0, 0]),
  "kafka_dlt-original-offset": int64(41n),
  "kafka_dlt-exception-fqcn": "org.springframework.kafka.listener.ListenerExecutionFailedException",
  "kafka_dlt-exception-cause-fqcn": "com.shop.CardDeclinedException",
  "kafka_dlt-exception-message": "Listener threw; card declined",
});

describe.skipIf(server === null)("Kafka", () => {
  test("a record dies into a dead-letter topic, is decoded, resent with key and headers, and dies again as the same message", async () => {
    const [work, dead] = [await newTopic(), await newTopic()];
    await using scene = await sceneOf(dead);
    await using worker = await scene.worker();
    const value = Buffer.from('{"id":12345678901234567890}');
    await producer.send({ topic: dead, messages: [{ key: "order-1", value, headers: { tenant: "berlin", ...springHeaders(work) } }] });
    await eventually(async () => expect(await scene.messages(), worker.tail()).toHaveLength(1), { timeoutMs: 20_000 });
    expect((await scene.messages())[0]).toMatchObject({ state: "dead", rule: "spring-kafka-dlt", reason: "handler_error", errorType: "com.shop.CardDeclinedException", origin: work });

    await scene.resendAll();
    await eventually(async () => expect((await scene.messages())[0], worker.tail()).toMatchObject({ state: "resent", redrives: 1 }));
    const [resent] = await readAll(client, work);
    expect(resent?.body.equals(value)).toBe(true);
    expect(resent?.key?.toString()).toBe("order-1");
    expect(Object.keys(resent?.headers ?? {}).toSorted()).toEqual(["redrive-count", "redrive-id", "redrive-origin", "tenant"]);

    const headers = Object.fromEntries(Object.entries(resent?.headers ?? {}).map(([name, each]) => [name, each as Buffer]));
    await producer.send({ topic: dead, messages: [{ key: "order-1", value, headers: { ...headers, ...springHeaders(work) } }] });
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]));
  }, 60_000);

  test("nothing is lost and nothing is stored twice, whenever a worker dies", { timeout: 240_000 }, async () => {
    const topic = await newTopic(3);
    await using scene = await sceneOf(topic);
    await killAtEveryPoint(scene, async (bodies) => {
      await producer.send({ topic, messages: bodies.map((value) => ({ key: value, value })) });
    });
  });
});
