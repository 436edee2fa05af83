import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import type { rocketmq } from "#core/brokers/rocketmq.ts";
import { collect, LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRocketMq, type RocketMqClient } from "#test/brokers/rocketmq-client.ts";
import { rocketMqAccess } from "#test/brokers/rocketmq-harness.ts";
import type { RocketMqAddress } from "#test/brokers/rocketmq.ts";
import { eventually } from "#test/eventually.ts";
import { connectRocketMq } from "./connect.ts";

const { server } = await onDemand<RocketMqAddress>("rocketmq");
const soon = (): AbortSignal => AbortSignal.timeout(20_000);

describe.skipIf(server === null)("reading RocketMQ", () => {
  let client: RocketMqClient;
  let session: Session<typeof rocketmq>;
  beforeAll(async () => {
    client = await openRocketMq(server!);
    session = await connectRocketMq({ name: "test", ...rocketMqAccess(server!), signal: soon() });
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await client?.[Symbol.asyncDispose]();
  });
  const put = (topic: string, bodies: readonly string[]): Promise<bigint> => client.send(topic, bodies.map((body) => ({ body: Buffer.from(body) })));
  const newTopic = async (queues = 1, perm = 6): Promise<string> => {
    const topic = `capture-${crypto.randomUUID()}`;
    await client.makeTopic(topic, queues, perm);
    return topic;
  };

  test("a topic that was made anew is read from its start, and told", async () => {
    const topic = await newTopic();
    await put(topic, ["1", "2", "3"]);
    const { cursor } = await collect(session, { queue: topic }, 3);
    expect(JSON.parse(cursor ?? "")).toEqual({ next: { "broker-a/0": "3" } });
    await client.deleteTopic(topic);
    await client.makeTopic(topic);
    await put(topic, ["4"]);
    const batches = session.capture({ queue: topic }, cursor, LIMITS, soon())[Symbol.asyncIterator]();
    const told = await nextBatch(batches);
    expect(told).toMatchObject({ deaths: [], notices: [expect.stringContaining("Queue broker-a/0 ends before what was read of it")] });
    await told.accept();
    const [death] = (await nextBatch(batches)).deaths;
    expect(Buffer.from(death!.body).toString()).toBe("4");
    await batches.return?.();
  });

  test("a cursor that is not ours is none", async () => {
    const topic = await newTopic();
    const batches = session.capture({ queue: topic }, JSON.stringify({ next: { "broker-a/0": "not a number" } }), LIMITS, soon())[Symbol.asyncIterator]();
    await put(topic, ["1"]);
    expect((await nextBatch(batches)).deaths).toHaveLength(1);
    await batches.return?.();
  });

  test("our group's offset follows what was accepted, and is where a source without a cursor begins", async () => {
    const topic = await newTopic();
    await put(topic, ["1", "2", "3"]);
    await collect(session, { queue: topic }, 3);
    expect(await session.depth([{ queue: topic }], soon())).toMatchObject([{ kind: "upper_bound", ready: 0 }]);
    await put(topic, ["4"]);
    const { deaths } = await collect(session, { queue: topic }, 1);
    expect(deaths.map(({ body }) => Buffer.from(body).toString())).toEqual(["4"]);
  });

  test("all queues are read, and a waiting capture is woken by what arrives", async () => {
    const topic = await newTopic(3);
    const stop = new AbortController();
    const batches = session.capture({ queue: topic }, null, LIMITS, stop.signal)[Symbol.asyncIterator]();
    const next = nextBatch(batches);
    const began = performance.now();
    await put(topic, ["late"]);
    expect((await next).deaths).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(3_000);
    stop.abort();
    expect((await batches.next()).done).toBe(true);
  });

  test("a given-up message lies in its group's dead letters, which discover shows with its reasons", async () => {
    const group = `billing-${crypto.randomUUID()}`;
    const topic = await newTopic();
    await put(topic, ['{"id":1}']);
    const [message] = await client.readAll(topic);
    await client.giveUp(group, message!, topic);
    const source = { queue: `%DLQ%${group}` };
    const { deaths } = await collect(session, source, 1);
    expect(deaths[0]).toMatchObject({ native: { queue: source.queue, reconsumeTimes: 1 } });
    expect(deaths[0]?.headers).toContainEqual({ name: "RETRY_TOPIC", value: { t: "text", v: topic } });

    const found = (await session.discover(soon())).find(({ name }) => name === source.queue);
    expect(found).toMatchObject({ type: "topic", custody: "copied", source, deadLetterSigns: [{ sign: "target_of", queue: `%RETRY%${group}` }, { sign: "declared" }] });
    expect(found?.warnings).toEqual([
      "Dead letters are deleted after 72 hours on broker-a (fileReservedTime), read or not.",
      `No consumer of ${group} is connected: what is resent waits until one is.`,
    ]);
    const names = (await session.discover(soon())).map(({ name }) => name);
    expect(names.filter((name) => /^(rmq_sys|RMQ_SYS|TBW102|SCHEDULE_TOPIC|%RETRY%|DefaultCluster|broker-a|SELF_TEST|OFFSET_MOVED|BenchmarkTest)/.test(name))).toEqual([]);
  });

  test("dead letters that may be written only: capture says what to do, and so does discover", async () => {
    const topic = `%DLQ%old-${crypto.randomUUID()}`;
    await client.makeTopic(topic, 1, 2);
    const batches = session.capture({ queue: topic }, null, LIMITS, soon())[Symbol.asyncIterator]();
    await expect(nextBatch(batches)).rejects.toMatchObject({ code: "unauthorised", detail: `the topic ${topic} may not be read (perm=2): mqadmin updateTopicPerm -t '${topic}' -p 6 allows it` });
    const found = (await session.discover(soon())).find(({ name }) => name === topic);
    expect(found?.warnings[0]).toBe(`It may not be read on broker-a (perm=2): mqadmin updateTopicPerm -t '${topic}' -p 6 allows it.`);
    await client.makeTopic(topic, 1, 6);
  });

  test("a login with just the rights that the manifest names reads, measures, lists and sends", async () => {
    const [dead, work] = [`%DLQ%rights-${crypto.randomUUID()}`, await newTopic()];
    await client.makeTopic(dead);
    await put(dead, ["1"]);
    const user = { name: `u${Date.now()}`, secret: "limited-secret" };
    await client.makeLogin(user, [
      { resource: `Topic:${dead}`, actions: ["Sub", "Get"] },
      { resource: `Topic:${work}`, actions: ["Pub"] },
      { resource: "Group:redrive", actions: ["Sub"] },
    ]);
    const limited = await connectRocketMq({ name: "test", ...rocketMqAccess({ ...server!, accessKey: user.name, accessSecret: user.secret }), signal: soon() });
    try {
      await limited.ping(soon());
      const { deaths } = await collect(limited, { queue: dead }, 1);
      expect(await limited.depth([{ queue: dead }], soon())).toMatchObject([{ ready: 0 }]);
      expect((await limited.discover(soon())).map(({ name }) => name)).toContain(dead);
      const [death] = deaths;
      const outgoing = { attemptId: "", body: death!.body, headers: [], native: death!.native };
      expect(await limited.publish([outgoing], { kind: "rocketmq", topic: work }, soon())).toMatchObject([{ status: "confirmed" }]);
      expect(await limited.publish([outgoing], { kind: "rocketmq", topic: dead }, soon())).toMatchObject([{ status: "refused", fault: { code: "unauthorised" } }]);
      const other = await newTopic();
      await expect(nextBatch(limited.capture({ queue: other }, null, LIMITS, soon())[Symbol.asyncIterator]())).rejects.toMatchObject({ code: "unauthorised" });
    } finally {
      await limited[Symbol.asyncDispose]();
    }
    await eventually(async () => expect(await client.readAll(work)).toHaveLength(1));
  });
});
