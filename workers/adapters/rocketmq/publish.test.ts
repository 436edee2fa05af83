import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PublishOutcome, Session } from "#core/brokers/adapter.ts";
import type { rocketmq } from "#core/brokers/rocketmq.ts";
import { text, type Header } from "#core/message/header.ts";
import type { Native } from "#core/message/native.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRocketMq, type RocketMqClient } from "#test/brokers/rocketmq-client.ts";
import { rocketMqAccess } from "#test/brokers/rocketmq-harness.ts";
import type { RocketMqAddress } from "#test/brokers/rocketmq.ts";
import { eventually } from "#test/eventually.ts";
import { connectRocketMq } from "./connect.ts";
import type { StoredMessage } from "./message.ts";
import { headersOf } from "./properties.ts";

const { server } = await onDemand<RocketMqAddress>("rocketmq");
const PLAIN: Extract<Native, { transport: "rocketmq" }> = { transport: "rocketmq", queue: "%DLQ%x", broker: "broker-a", queueId: 0, queueOffset: "0", offsetMessageId: "", bornTimestamp: "0", storeTimestamp: "0", reconsumeTimes: 3, sysFlag: 0, flag: 0 };
const OWN = new Set(["MSG_REGION", "TRACE_ON", "UNIQ_KEY", "CLUSTER", "PGROUP", "RECONSUME_TIME", "__BORNHOST", "BORN_TIMESTAMP"]);

describe.skipIf(server === null)("publishing to RocketMQ", () => {
  let client: RocketMqClient;
  const sessions: AsyncDisposable[] = [];
  beforeAll(async () => {
    client = await openRocketMq(server!);
  });
  afterAll(async () => {
    for (const session of sessions) await session[Symbol.asyncDispose]();
    await client?.[Symbol.asyncDispose]();
  });
  const open = async (way: "proxy" | "broker"): Promise<Session<typeof rocketmq>> => {
    const session = await connectRocketMq({ name: "test", ...rocketMqAccess(server!, way === "proxy" ? { proxy: `127.0.0.1:${server!.proxyPort}` } : {}), signal: AbortSignal.timeout(20_000) });
    sessions.push(session);
    return session;
  };
  const newTopic = async (queues = 1, perm = 6): Promise<string> => {
    const topic = `publish-${crypto.randomUUID()}`;
    await client.makeTopic(topic, queues, perm);
    return topic;
  };
  type Letter = { body?: Uint8Array; headers?: readonly Header[]; native?: Partial<typeof PLAIN> };
  const send = (session: Session<typeof rocketmq>, topic: string, letters: readonly Letter[]): Promise<readonly PublishOutcome[]> =>
    session.publish(letters.map(({ body = Buffer.from("{}"), headers = [], native = {} }) => ({ attemptId: crypto.randomUUID(), body, headers, native: { ...PLAIN, ...native } })), { kind: "rocketmq", topic }, AbortSignal.timeout(20_000));
  const arrived = (topic: string, count: number, queueId = 0): Promise<StoredMessage[]> =>
    eventually(async () => {
      const all = await client.readAll(topic, queueId);
      expect(all).toHaveLength(count);
      return all;
    });
  const properties = (message: StoredMessage | undefined): Record<string, string> =>
    Object.fromEntries(headersOf(message?.properties ?? Buffer.alloc(0)).filter(({ name }) => !OWN.has(name)).map(({ name, value }) => [name, "v" in value ? String(value.v) : ""]));

  test.each(["proxy", "broker"] as const)("bytes, keys, tags and properties arrive by way of the %s; what the proxy can not carry goes to the broker", async (way) => {
    const topic = await newTopic();
    const session = await open(way);
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    const letters: Letter[] = [
      { body: every, headers: [text("KEYS", "a b"), text("TAGS", "created"), text("tenant", "eu 🦊"), text("redrive-id", "x")] },
      { body: every, headers: [text("tenant", "line\nbreak")] },
      { body: every, headers: [text("__SHARDINGKEY", "customer-1"), text("TRACE_CONTEXT", "t")] },
      { body: every, native: { flag: 5 } },
      { body: deflateSync(every), native: { sysFlag: 1 } },
      { body: Buffer.alloc(5 * 1024 * 1024, 1) },
    ];
    for (const letter of letters) expect(await send(session, topic, [letter])).toMatchObject([{ status: "confirmed", receipt: expect.stringContaining("@") }]);
    const all = await arrived(topic, letters.length);
    for (const [at, { body, headers = [], native = {} }] of letters.entries()) {
      expect(Buffer.from(all[at]!.body).equals(Buffer.from(body!))).toBe(true);
      expect(properties(all[at])).toEqual(Object.fromEntries(headers.map(({ name, value }) => [name, "v" in value ? value.v : ""])));
      expect(all[at]).toMatchObject({ flag: native.flag ?? 0, sysFlag: native.sysFlag ?? 0, reconsumeTimes: 0 });
    }
    const viaProxy = all.map(({ properties: stored }) => headersOf(stored).some(({ name }) => name === "PGROUP"));
    expect(viaProxy).toEqual([way === "proxy", false, false, false, false, false]);
  });

  test("an edited body that is no longer compressed does not say that it is", async () => {
    const topic = await newTopic();
    expect(await send(await open("broker"), topic, [{ body: Buffer.from('{"edited":true}'), native: { sysFlag: 1 | (3 << 8) } }])).toMatchObject([{ status: "confirmed" }]);
    expect((await arrived(topic, 1))[0]?.sysFlag).toBe(0);
  });

  test("what no broker would keep as it is, is refused by name, and its neighbours are sent", async () => {
    const topic = await newTopic();
    const outcomes = await send(await open("broker"), topic, [
      { headers: [text("twice", "1"), text("twice", "2")] },
      { headers: [text("nothing", "")] },
      { headers: [text("TRAN_MSG", "true")] },
      { headers: [{ name: "bytes", value: { t: "bytes", v: "/w==" } }] },
      { body: new Uint8Array() },
      { headers: [text("large", "x".repeat(40_000))] },
      { headers: [text("fine", "1")] },
    ]);
    expect(outcomes.map((outcome) => [outcome.status, "fault" in outcome ? outcome.fault.code : null])).toEqual([
      ...Array.from({ length: 5 }, () => ["refused", "unsupported"]),
      ["refused", "too_large"],
      ["confirmed", null],
    ]);
    expect(properties((await arrived(topic, 1))[0])).toEqual({ fine: "1" });
  });

  test.each(["proxy", "broker"] as const)("a missing topic is refused and not made, by way of the %s, though the broker makes topics", async (way) => {
    const topic = `missing-${crypto.randomUUID()}`;
    expect(await send(await open(way), topic, [{}])).toMatchObject([{ status: "refused", fault: { code: "not_found" } }]);
    const all = await (await open("broker")).discover(AbortSignal.timeout(20_000));
    expect(all.map(({ name }) => name)).not.toContain(topic);
  });

  test("a topic that went away a moment ago is refused and not made anew", async () => {
    const topic = await newTopic();
    const session = await open("broker");
    expect(await send(session, topic, [{}])).toMatchObject([{ status: "confirmed" }]);
    await client.deleteTopic(topic);
    expect(await send(session, topic, [{}])).toMatchObject([{ status: "refused", fault: { code: "not_found" } }]);
  });

  test("messages of one sharding key go to one queue, the others in turn", async () => {
    const topic = await newTopic(4);
    const session = await open("broker");
    await send(session, topic, Array.from({ length: 8 }, () => ({ headers: [text("__SHARDINGKEY", "customer-17")] })));
    const counts = await eventually(async () => {
      const all = await Promise.all([0, 1, 2, 3].map(async (queueId) => (await client.readAll(topic, queueId)).length));
      expect(all.reduce((sum, each) => sum + each, 0)).toBe(8);
      return all;
    });
    expect(counts.toSorted()).toEqual([0, 0, 0, 8]);
    await send(session, topic, Array.from({ length: 8 }, () => ({})));
    await eventually(async () => expect((await Promise.all([0, 1, 2, 3].map(async (queueId) => (await client.readAll(topic, queueId)).length))).toSorted((a, b) => a - b)).toEqual([2, 2, 2, 10]));
  });

  test("a topic that may only be read is refused", async () => {
    expect(await send(await open("broker"), await newTopic(1, 4), [{}])).toMatchObject([{ status: "refused", fault: { code: "unauthorised", detail: expect.stringContaining("perm=4") } }]);
  });

  test("with TLS a certificate that nobody vouches for is refused", async () => {
    await expect(connectRocketMq({ name: "test", ...rocketMqAccess(server!, { tls: true }), signal: AbortSignal.timeout(20_000) })).rejects.toMatchObject({ name: "Fault", code: "unauthorised", detail: expect.stringMatching(/self-signed|certificate/) });
  });

  test("a proxy that is not there is told when the connection is opened", async () => {
    await expect(connectRocketMq({ name: "test", ...rocketMqAccess(server!, { proxy: "127.0.0.1:1" }), signal: AbortSignal.timeout(20_000) })).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
  });
});
