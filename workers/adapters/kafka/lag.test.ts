import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Admin, Kafka, Producer } from "kafkajs";
import type { Session } from "#core/brokers/adapter.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import { collect } from "#test/adapter-reading.ts";
import { kafkaClient, type KafkaAddress } from "#test/brokers/kafka.ts";
import { kafkaAccess, makeTopic } from "#test/brokers/kafka-harness.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { eventually } from "#test/eventually.ts";
import { connectKafka } from "./connect.ts";

const { server } = await onDemand<KafkaAddress>("kafka");

describe.skipIf(server === null)("Kafka", () => {
  let client: Kafka;
  let admin: Admin;
  let producer: Producer;
  let session: Session<typeof kafka>;
  const soon = (): AbortSignal => AbortSignal.timeout(20_000);
  beforeAll(async () => {
    if (server === null) return;
    client = kafkaClient(server);
    [admin, producer] = [client.admin(), client.producer({ allowAutoTopicCreation: false })];
    await Promise.all([admin.connect(), producer.connect()]);
    session = await connectKafka({ name: "lag.test", ...kafkaAccess(server.port), signal: soon() });
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await Promise.all([admin?.disconnect(), producer?.disconnect()]);
  });
  /** A topic of two partitions with ten records in each. */
  const filled = async (): Promise<string> => {
    const topic = `lag-${crypto.randomUUID()}`;
    await makeTopic(client, topic, 2);
    await producer.send({ topic, acks: -1, messages: Array.from({ length: 20 }, (_, n) => ({ value: String(n), partition: n % 2 })) });
    return topic;
  };
  const commit = (groupId: string, topic: string, offsets: readonly number[]): Promise<void> => admin.setOffsets({ groupId, topic, partitions: offsets.map((offset, partition) => ({ partition, offset: String(offset) })) });
  const deleteBefore = async (topic: string, offset: number): Promise<void> => {
    await admin.fetchTopicOffsets(topic); // kafkajs deletes only from topics it has loaded
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  };
  const depthOf = async (topic: string) => (await session.depth([{ queue: topic }], soon()))[0];

  test("no commit, a commit, one that retention passed and one beyond the end are told apart", { timeout: 60_000 }, async () => {
    const topic = await filled();
    const group = `redrive.${topic}`;
    expect(await depthOf(topic)).toMatchObject({ kind: "upper_bound", ready: 20, place: "none" });
    await collect(session, { queue: topic }, 20);
    await eventually(async () => expect(await depthOf(topic)).toMatchObject({ ready: 0, place: "set" }));
    await eventually(() => commit(group, topic, [4, 10]), { timeoutMs: 20_000 });
    expect(await depthOf(topic)).toMatchObject({ ready: 6, place: "set" });
    await deleteBefore(topic, 7);
    expect(await depthOf(topic)).toMatchObject({ ready: 3, place: "truncated" });
    await commit(group, topic, [99, 10]);
    expect(await depthOf(topic)).toMatchObject({ ready: 3, place: "beyond" });
  });

  test("the groups that read a topic are listed with how far they are behind", { timeout: 60_000 }, async () => {
    const topic = await filled();
    const [slow, lost, anew, partly] = ["slow", "lost", "anew", "partly"].map((name) => `${name}-${topic}`) as [string, string, string, string];
    await Promise.all([commit(slow, topic, [8, 9]), commit(lost, topic, [1, 10]), commit(anew, topic, [50, 10])]);
    await admin.setOffsets({ groupId: partly, topic, partitions: [{ partition: 1, offset: "6" }] });
    await deleteBefore(topic, 5);
    const found = await session.discover(soon());
    expect(found.find(({ name }) => name === topic)?.readers).toEqual({
      more: false,
      list: [
        { name: anew, behind: 5, place: "beyond" },
        { name: lost, behind: 5, place: "truncated" },
        { name: partly, behind: 4, place: "none" },
        { name: slow, behind: 3, place: "set" },
      ],
    });
  });

  test("a topic that is deleted keeps no other from being measured, captured or written to", { timeout: 60_000 }, async () => {
    const [kept, gone] = [await filled(), await filled()];
    const publish = async (topic: string) => (await session.publish([{ attemptId: "1", body: Buffer.from("x"), headers: [], native: { transport: "kafka", queue: kept, partition: 0, offset: "0", timestamp: "-1", key: null, tombstone: false } }], { kind: "kafka", topic, partition: null }, soon()))[0];
    for (const topic of [kept, gone]) expect(await publish(topic)).toMatchObject({ status: "confirmed" });
    const reading = collect(session, { queue: gone }, 1_000);
    await admin.deleteTopics({ topics: [gone] });
    await expect(reading).rejects.toMatchObject({ code: "not_found" });
    expect(await session.depth([{ queue: gone }, { queue: kept }], soon())).toMatchObject([{ kind: "unknown", fault: { code: "not_found" } }, { kind: "upper_bound", ready: 21 }]);
    expect(await publish(gone)).toMatchObject({ status: "refused", fault: { code: "not_found" } });
    const later = await filled();
    expect(await publish(later)).toMatchObject({ status: "confirmed" });
    expect((await collect(session, { queue: later }, 21)).deaths).toHaveLength(21);
  });

  test("a topic that is made anew while it is captured is read from its start", { timeout: 90_000 }, async () => {
    const topic = await filled();
    const bodies: string[] = [];
    const stop = new AbortController();
    let cursor: string | null = null;
    const read = async (): Promise<void> => {
      for await (const batch of session.capture({ queue: topic }, cursor, { maxBytes: 1e6, maxCount: 100, maxWaitMs: 20 }, stop.signal)) {
        bodies.push(...batch.deaths.map(({ body }) => Buffer.from(body).toString()));
        cursor = batch.cursor;
        await batch.accept();
      }
    };
    const reading = (async () => {
      while (!stop.signal.aborted) await read().catch(() => undefined);
    })();
    await eventually(() => expect(bodies).toHaveLength(20), { timeoutMs: 20_000 });
    await admin.deleteTopics({ topics: [topic] });
    await eventually(() => makeTopic(client, topic, 2), { timeoutMs: 20_000 });
    await producer.send({ topic, acks: -1, messages: [{ value: "anew", partition: 0 }] });
    await eventually(() => expect(bodies).toContain("anew"), { timeoutMs: 30_000 });
    stop.abort();
    await reading;
  });
});
