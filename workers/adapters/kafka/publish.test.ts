import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kafka } from "kafkajs";
import type { Session } from "#core/brokers/adapter.ts";
import type { kafka } from "#core/brokers/kafka.ts";
import { collect } from "#test/adapter-reading.ts";
import { kafkaClient, type KafkaAddress } from "#test/brokers/kafka.ts";
import { kafkaAccess, makeTopic, readAll } from "#test/brokers/kafka-harness.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { eventually } from "#test/eventually.ts";
import { startFaultProxy } from "#test/fault-proxy.ts";
import { connectKafka } from "./connect.ts";

const { server } = await onDemand<KafkaAddress>("kafka");

describe.skipIf(server === null)("Kafka", () => {
  let client: Kafka;
  let session: Session<typeof kafka>;
  beforeAll(async () => {
    if (server === null) return;
    client = kafkaClient(server);
    session = await connectKafka({ name: "publish.test", ...kafkaAccess(server.port), signal: AbortSignal.timeout(20_000) });
  });
  afterAll(async () => session?.[Symbol.asyncDispose]());
  const newTopic = async (partitions = 1): Promise<string> => {
    const topic = `test-${crypto.randomUUID()}`;
    await makeTopic(client, topic, partitions);
    return topic;
  };
  const soon = (): AbortSignal => AbortSignal.timeout(20_000);
  const native = (over: object = {}) => ({ transport: "kafka" as const, queue: "elsewhere", partition: 0, offset: "0", timestamp: "-1", key: null, tombstone: false, ...over });
  const outgoing = (body: string, over: object = {}) => ({ attemptId: crypto.randomUUID(), body: Buffer.from(body), headers: [], native: native(over) });

  test("repeated headers keep their place between others, and a header without a value is written", async () => {
    const topic = await newTopic();
    const text = (name: string, v: string) => ({ name, value: { t: "text" as const, v } });
    const headers = [text("a", "1"), text("b", "2"), { name: "ghost", value: { t: "void" as const } }, text("a", "3"), text("2", "x"), text("b", "4"), { name: "a", value: { t: "void" as const } }];
    expect(await session.publish([{ ...outgoing("x"), headers }], { kind: "kafka", topic, partition: null }, soon())).toMatchObject([{ status: "confirmed" }]);
    const { deaths } = await collect(session, { queue: topic }, 1);
    expect(deaths[0]?.headers).toEqual(headers);
    // the broker's own tool sees them as well
    const [[record]] = [await readAll(client, topic)];
    expect(record?.headers).toMatchObject({ a: [Buffer.from("1"), Buffer.from("3"), null], ghost: null });
  });

  test("what follows a publish without a verdict is not taken for its repetition", { timeout: 60_000 }, async () => {
    if (server === null) return;
    const topic = await newTopic();
    const { port, proxyPort } = server.proxied[1];
    await using proxy = await startFaultProxy({ host: server.host, port }, proxyPort);
    await using behind = await connectKafka({ name: "publish.test", ...kafkaAccess(proxyPort), signal: soon() });
    const publish = (body: string, deadline: AbortSignal) => behind.publish([outgoing(body, { queue: topic })], { kind: "kafka", topic, partition: null }, deadline);
    expect(await publish("first", soon())).toMatchObject([{ status: "confirmed" }]);
    proxy.blackhole("toClient");
    const second = publish("second", AbortSignal.timeout(1_500));
    await eventually(async () => expect(await readAll(client, topic)).toHaveLength(2));
    expect(await second).toMatchObject([{ status: "unknown" }]);
    proxy.pass();
    proxy.reset();
    const third = await eventually(async () => {
      const [outcome] = await publish("third", soon());
      if (outcome?.status !== "confirmed") throw new Error(`not yet: ${JSON.stringify(outcome)}`);
      return outcome;
    }, { timeoutMs: 20_000 });
    expect(third).toMatchObject({ receipt: `${topic}-0@2` });
    expect((await readAll(client, topic)).map(({ body }) => body.toString())).toEqual(["first", "second", "third"]);
  });

  test("one that is too large is refused alone", async () => {
    const topic = await newTopic();
    const huge = { ...outgoing(""), body: new Uint8Array(34_000_000) };
    const outcomes = await session.publish([outgoing("a"), huge, outgoing("b")], { kind: "kafka", topic, partition: null }, soon());
    expect(outcomes.map((outcome) => (outcome.status === "confirmed" ? "confirmed" : `${outcome.status} ${outcome.fault.code}`))).toEqual(["confirmed", "refused too_large", "confirmed"]);
  });

  test("a message keeps its partition while there are as many, and a tombstone stays one", async () => {
    const [from, same, other] = [await newTopic(3), await newTopic(3), await newTopic(5)];
    const letter = outgoing("", { queue: from, partition: 2, key: Buffer.from("k").toString("base64"), tombstone: true });
    const [kept] = await session.publish([letter], { kind: "kafka", topic: same, partition: null }, soon());
    expect(kept).toEqual({ status: "confirmed", receipt: `${same}-2@0` });
    const [pinned] = await session.publish([letter], { kind: "kafka", topic: other, partition: 4 }, soon());
    expect(pinned).toEqual({ status: "confirmed", receipt: `${other}-4@0` });
    const [nowhere] = await session.publish([letter], { kind: "kafka", topic: other, partition: 5 }, soon());
    expect(nowhere).toMatchObject({ status: "refused", fault: { code: "not_found" } });
    const { deaths } = await collect(session, { queue: same }, 1);
    expect(deaths[0]?.native).toMatchObject({ partition: 2, tombstone: true, key: Buffer.from("k").toString("base64") });
  });

  test.each(["gzip", "snappy", "lz4", "zstd"])("%s is read", async (name) => {
    const topic = `test-${crypto.randomUUID()}`;
    // the broker packs what comes: Java's own codecs
    await makeTopic(client, topic, 1, name);
    await session.publish(Array.from({ length: 50 }, (_, n) => outgoing(`${name} ${n} ${"x".repeat(500)}`)), { kind: "kafka", topic, partition: null }, soon());
    const { deaths } = await collect(session, { queue: topic }, 50);
    expect(deaths.map(({ body }) => Buffer.from(body).toString().split(" ", 2).join(" "))).toEqual(Array.from({ length: 50 }, (_, n) => `${name} ${n}`));
  });

  test("what retention deleted before it was read is told", async () => {
    const topic = await newTopic();
    await session.publish(["a", "b", "c"].map((body) => outgoing(body)), { kind: "kafka", topic, partition: null }, soon());
    const admin = client.admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topic); // kafkajs deletes only from topics it has loaded
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "2" }] });
    await admin.disconnect();
    const batches = session.capture({ queue: topic }, JSON.stringify({ era: 0, next: { 0: "1" } }), { maxBytes: 1e6, maxCount: 10, maxWaitMs: 20 }, soon());
    const seen: string[] = [];
    const notices: string[] = [];
    for await (const batch of batches) {
      notices.push(...(batch.notices ?? []));
      seen.push(...batch.deaths.map(({ body }) => Buffer.from(body).toString()));
      await batch.accept();
      if (seen.length === 1) break;
    }
    expect({ seen, notices }).toEqual({ seen: ["c"], notices: ["Offsets 1 to 1 of partition 0 were deleted (retention) before they were read."] });
  });

  test("a topic that was made anew is told, and its records are other deaths than those of before", async () => {
    const topic = await newTopic();
    await session.publish([outgoing("new")], { kind: "kafka", topic, partition: null }, soon());
    const batches = session.capture({ queue: topic }, JSON.stringify({ era: 0, next: { 0: "7" } }), { maxBytes: 1e6, maxCount: 10, maxWaitMs: 20 }, soon());
    const ids: unknown[] = [];
    const notices: string[] = [];
    for await (const batch of batches) {
      notices.push(...(batch.notices ?? []));
      ids.push(...batch.deaths.map(({ identity }) => identity));
      await batch.accept();
      if (ids.length === 1) break;
    }
    expect(ids).toEqual([{ kind: "exact", id: `${topic}-0@0#1` }]);
    expect(notices).toEqual([expect.stringContaining("deleted and made anew")]);
  });
});
