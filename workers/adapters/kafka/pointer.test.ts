import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kafka, Message, Producer } from "kafkajs";
import type { Session } from "#core/brokers/adapter.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { collect } from "#test/adapter-reading.ts";
import { kafkaClient, type KafkaAddress } from "#test/brokers/kafka.ts";
import { kafkaAccess, makeTopic } from "#test/brokers/kafka-harness.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { connectKafka } from "./connect.ts";

const { server } = await onDemand<KafkaAddress>("kafka");

/** What a broker writes about a record that a share group gave up: Kafka 4.3 has the place for it, and writes none yet. */
const letter = (topic: string, partition: number, offset: string, over: Partial<Message> = {}): Message => ({
  key: null,
  value: null,
  headers: { "__dlq.errors.topic": topic, "__dlq.errors.partition": String(partition), "__dlq.errors.offset": offset, "__dlq.errors.group": "billing-share" },
  ...over,
});

describe.skipIf(server === null)("letters of a share group", () => {
  let client: Kafka;
  let producer: Producer;
  let session: Session<typeof kafka>;
  beforeAll(async () => {
    if (server === null) return;
    client = kafkaClient(server);
    producer = client.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    session = await connectKafka({ name: "pointer.test", ...kafkaAccess(server.port), signal: AbortSignal.timeout(20_000) });
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await producer?.disconnect();
  });
  const newTopic = async (partitions = 1): Promise<string> => {
    const topic = `shared-${crypto.randomUUID()}`;
    await makeTopic(client, topic, partitions);
    return topic;
  };
  const captured = async (letters: readonly Message[], maxBytes = 1e6): Promise<readonly RawDeath[]> => {
    const topic = await newTopic();
    await producer.send({ topic, acks: -1, messages: [...letters] });
    return (await collect(session, { queue: topic }, letters.length, { limits: { maxBytes, maxCount: 500, maxWaitMs: 20 } })).deaths;
  };
  const pointerIn = ({ native }: RawDeath): unknown => (native.transport === "kafka" ? native.pointer?.record : native);

  test("key, value and headers are read from the source topic, and a resend goes to the record's own partition", async () => {
    const source = await newTopic(3);
    const value = Buffer.of(0xff, 0, 1);
    await producer.send({ topic: source, acks: -1, messages: [0, 1].map((n) => ({ partition: 2, key: `order-${n}`, value, headers: { tenant: "berlin", raw: Buffer.of(0xfe) } })) });
    const [death] = await captured([letter(source, 2, "1")]);
    expect(death?.body).toEqual(value);
    expect(death?.headers.slice(4)).toEqual([{ name: "tenant", value: { t: "text", v: "berlin" } }, { name: "raw", value: { t: "bytes", v: "/g==" } }]);
    expect(death?.native).toMatchObject({ key: Buffer.from("order-1").toString("base64"), tombstone: false, offset: "0", pointer: { topic: source, partition: 2, offset: "1", record: "found" } });
    if (death === undefined) return;
    const [outcome] = await session.publish([{ ...death, attemptId: "1" }], { kind: "kafka", topic: source, partition: null }, AbortSignal.timeout(20_000));
    expect(outcome).toEqual({ status: "confirmed", receipt: `${source}-2@2` });
  });

  test("what retention or a deleted topic took is gone, and its neighbours are found", async () => {
    const source = await newTopic();
    await producer.send({ topic: source, acks: -1, messages: ["a", "b", "c"].map((value) => ({ value })) });
    const admin = client.admin();
    await admin.connect();
    await admin.fetchTopicOffsets(source); // kafkajs deletes only from topics it has loaded
    await admin.deleteTopicRecords({ topic: source, partitions: [{ partition: 0, offset: "1" }] });
    await admin.disconnect();
    const deaths = await captured([letter(source, 0, "0"), letter(source, 0, "2"), letter(source, 0, "99"), letter(source, 7, "0"), letter(`no-${source}`, 0, "0"), letter(source, 0, "1")]);
    expect(deaths.map((death) => [pointerIn(death), Buffer.from(death.body).toString()])).toEqual([["gone", ""], ["found", "c"], ["gone", ""], ["gone", ""], ["gone", ""], ["found", "b"]]);
    const [empty] = deaths;
    if (empty === undefined) return;
    const [outcome] = await session.publish([{ ...empty, attemptId: "1" }], { kind: "kafka", topic: source, partition: null }, AbortSignal.timeout(20_000));
    expect(outcome).toMatchObject({ status: "refused", fault: { code: "invalid", detail: expect.stringContaining("give it a body") } });
  });

  test("a transaction's records are found whether or not it ended well; its marker is no record", async () => {
    const source = await newTopic();
    const transactional = client.producer({ transactionalId: crypto.randomUUID(), idempotent: true, maxInFlightRequests: 1 });
    await transactional.connect();
    for (const end of ["commit", "abort"] as const) {
      const transaction = await transactional.transaction();
      await transaction.send({ topic: source, acks: -1, messages: [{ value: end }] });
      await transaction[end]();
    }
    await transactional.disconnect();
    const deaths = await captured(["0", "1", "2", "3"].map((offset) => letter(source, 0, offset)));
    expect(deaths.map((death) => [pointerIn(death), Buffer.from(death.body).toString()])).toEqual([["found", "commit"], ["gone", ""], ["found", "abort"], ["gone", ""]]);
  });

  test("a record written after the letter is another one; a tombstone stays one; a copied value is kept when its source is gone", async () => {
    const source = await newTopic();
    await producer.send({ topic: source, acks: -1, messages: [{ key: "k", value: null }, { value: "later", timestamp: String(Date.now() + 3_600_000) }] });
    const [tombstone, later, copied, odd] = await captured([letter(source, 0, "0"), letter(source, 0, "1"), letter(source, 0, "50", { value: "copied" }), letter(source, 0, "-1")]);
    expect(tombstone?.native).toMatchObject({ tombstone: true, key: Buffer.from("k").toString("base64"), pointer: { record: "found" } });
    expect(later?.native).toMatchObject({ tombstone: true, pointer: { record: "gone" } });
    expect([Buffer.from(copied?.body ?? []).toString(), copied && pointerIn(copied)]).toEqual(["copied", undefined]);
    expect(odd && pointerIn(odd)).toBe(undefined);
  });

  test("what is pointed to may be far larger than the letters: it comes in batches of its size", async () => {
    const source = await newTopic();
    const value = Buffer.alloc(300_000, "x");
    for (let n = 0; n < 6; n++) await producer.send({ topic: source, acks: -1, messages: [{ value }] });
    const topic = await newTopic();
    await producer.send({ topic, acks: -1, messages: Array.from({ length: 6 }, (_, n) => letter(source, 0, String(n))) });
    const sizes: number[] = [];
    for await (const batch of session.capture({ queue: topic }, null, { maxBytes: 500_000, maxCount: 500, maxWaitMs: 20 }, AbortSignal.timeout(20_000))) {
      sizes.push(batch.deaths.length);
      await batch.accept();
      if (sizes.reduce((sum, size) => sum + size, 0) === 6) break;
    }
    expect(sizes).toEqual([2, 2, 2]);
  });
});
