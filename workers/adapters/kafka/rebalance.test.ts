import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Admin, Consumer, Kafka, Producer } from "kafkajs";
import type { Batch, Session } from "#core/brokers/adapter.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import { nextBatch } from "#test/adapter-reading.ts";
import { kafkaClient, type KafkaAddress } from "#test/brokers/kafka.ts";
import { kafkaAccess, makeTopic } from "#test/brokers/kafka-harness.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { eventually } from "#test/eventually.ts";
import { connectKafka } from "./connect.ts";

const { server } = await onDemand<KafkaAddress>("kafka");
const PARTITIONS = 4;
const EACH = 500;
const TOTAL = PARTITIONS * EACH;

describe.skipIf(server === null)("another member in our group", () => {
  let client: Kafka;
  let admin: Admin;
  let producer: Producer;
  let session: Session<typeof kafka>;
  beforeAll(async () => {
    if (server === null) return;
    client = kafkaClient(server);
    [admin, producer] = [client.admin(), client.producer({ allowAutoTopicCreation: false })];
    await Promise.all([admin.connect(), producer.connect()]);
    session = await connectKafka({ name: "rebalance.test", ...kafkaAccess(server.port), signal: AbortSignal.timeout(20_000) });
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await Promise.all([admin?.disconnect(), producer?.disconnect()]);
  });

  const filled = async (): Promise<string> => {
    const topic = `rebalanced-${crypto.randomUUID()}`;
    await makeTopic(client, topic, PARTITIONS);
    for (let partition = 0; partition < PARTITIONS; partition++) await producer.send({ topic, acks: -1, messages: Array.from({ length: EACH }, (_, n) => ({ partition, value: `${partition}-${n}` })) });
    return topic;
  };
  const committed = async (topic: string): Promise<Map<number, string>> => {
    const [found] = await admin.fetchOffsets({ groupId: `redrive.${topic}`, topics: [topic] });
    return new Map((found?.partitions ?? []).map(({ partition, offset }) => [partition, offset]));
  };
  /** Joins the group and does as `each` says; answers the partitions it was given once it has some. */
  const intruder = async (topic: string, each: (consumer: Consumer, partition: number) => Promise<void>): Promise<{ partitions: number[]; leave(): Promise<void> }> => {
    const consumer = client.consumer({ groupId: `redrive.${topic}`, sessionTimeout: 6_000, heartbeatInterval: 500, maxWaitTimeInMs: 100 });
    const partitions: number[] = [];
    consumer.on("consumer.group_join", ({ payload }) => void partitions.splice(0, partitions.length, ...(payload.memberAssignment[topic] ?? [])));
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: ({ batch }) => each(consumer, batch.partition) });
    await eventually(() => expect(partitions).toHaveLength(PARTITIONS / 2), { timeoutMs: 20_000 });
    return { partitions, leave: () => consumer.disconnect() };
  };
  const bodies = ({ deaths }: Batch): string[] => deaths.map(({ body }) => Buffer.from(body).toString());
  const LIMITS = { maxBytes: 1e6, maxCount: 50, maxWaitMs: 20 };

  test("coming and going in mid-batch, and moving the group's offsets to the end: each record is read once", { timeout: 90_000 }, async () => {
    const topic = await filled();
    const seen: string[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const batch of session.capture({ queue: topic }, null, LIMITS, stop.signal)) {
        seen.push(...bodies(batch));
        // a store that takes its time, so that members come and go while batches are in hand
        await new Promise((resolve) => setTimeout(resolve, 60));
        await batch.accept();
      }
    })();
    await eventually(() => seen.length > 100, { timeoutMs: 20_000 });
    for (let visit = 0; visit < 3; visit++) {
      const guest = await intruder(topic, (consumer, partition) => consumer.commitOffsets([{ topic, partition, offset: String(EACH) }]));
      await guest.leave();
    }
    await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(TOTAL), { timeoutMs: 60_000 });
    await eventually(async () => expect([...(await committed(topic)).values()]).toEqual(Array.from({ length: PARTITIONS }, () => String(EACH))), { timeoutMs: 20_000 });
    stop.abort();
    await reading;
    expect([seen.length, new Set(seen).size]).toEqual([TOTAL, TOTAL]);
  });

  test("what was read before a partition was taken away is not committed over its new owner's place", { timeout: 60_000 }, async () => {
    const topic = await filled();
    const stop = new AbortController();
    const batches = session.capture({ queue: topic }, null, LIMITS, stop.signal)[Symbol.asyncIterator]();
    const held: Batch[] = [];
    const partitionOf = (batch: Batch): number => Number(bodies(batch)[0]?.split("-")[0]);
    while (new Set(held.map(partitionOf)).size < 2) held.push(await nextBatch(batches));
    // reading goes on, else we would not answer the group
    const rest = (async () => {
      for (let next = await batches.next(); next.done !== true; next = await batches.next()) held.push(next.value);
    })();
    const guest = await intruder(topic, (consumer, partition) => consumer.commitOffsets([{ topic, partition, offset: "7" }]));
    await eventually(async () => {
      const offsets = await committed(topic);
      for (const partition of guest.partitions) expect(offsets.get(partition)).toBe("7");
    }, { timeoutMs: 20_000 });
    for (const batch of held.splice(0)) await batch.accept();
    const offsets = await committed(topic);
    for (const partition of guest.partitions) expect(offsets.get(partition)).toBe("7");
    await guest.leave();
    stop.abort();
    await rest;
  });
});
