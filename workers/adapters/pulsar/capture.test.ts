import { describe, expect, test } from "vitest";
import { onDemand } from "#test/brokers/on-demand.ts";
import type { PulsarAddress } from "#test/brokers/pulsar.ts";
import { admin, makeTopic, pulsarAccess, put } from "#test/brokers/pulsar-harness.ts";
import { numbered, texts } from "#test/adapter-contract-capture.ts";
import { collect, LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { eventually } from "#test/eventually.ts";
import { connectPulsar } from "./connect.ts";

const { server, reason } = await onDemand<PulsarAddress>("pulsar");
const theServer = (): PulsarAddress => {
  if (server === null) throw new Error(reason);
  return server;
};
const open = (token = theServer().token) => connectPulsar({ name: "test", ...pulsarAccess({ ...theServer(), token }), signal: AbortSignal.timeout(20_000) });

type Stats = { readonly subscriptions: Readonly<Record<string, { readonly msgBacklog: number }>> };
const backlog = async (topic: string): Promise<number> => ((await admin(theServer(), "GET", `${topic.replace("://", "/")}/stats?getPreciseBacklog=true`)) as Stats).subscriptions["redrive"]?.msgBacklog ?? -1;

describe.skipIf(server === null)("Pulsar", { timeout: 60_000 }, () => {
  test("an entry of many messages is acknowledged when all of them were stored, and its messages are told apart", async () => {
    await using session = await open();
    const topic = await makeTopic(theServer());
    await put(theServer(), topic, numbered(6), {}, 6);
    expect(await backlog(topic)).toBe(1);
    const { deaths } = await collect(session, { queue: topic }, 6, { limits: { ...LIMITS, maxCount: 2 } });
    expect(new Set(deaths.map(({ identity }) => JSON.stringify(identity))).size).toBe(6);
    await eventually(async () => expect(await backlog(topic)).toBe(0), { timeoutMs: 10_000 });
  });

  test("of an entry of which a part was stored all comes again, under the same ids", async () => {
    const topic = await makeTopic(theServer());
    await put(theServer(), topic, numbered(4), {}, 4);
    const first = await collect(await open(), { queue: topic }, 2, { limits: { ...LIMITS, maxCount: 2 } });
    const again = await collect(await open(), { queue: topic }, 4);
    expect(texts(again.deaths)).toEqual(texts(numbered(4)));
    const ids = again.deaths.map(({ identity }) => JSON.stringify(identity));
    for (const { identity } of first.deaths) expect(ids).toContain(JSON.stringify(identity));
  });

  test("a partitioned topic is one source, and each death knows its partition", async () => {
    await using session = await open();
    const topic = await makeTopic(theServer(), { partitions: 3 });
    await put(theServer(), `${topic}-partition-0`, numbered(2, "a"));
    await put(theServer(), `${topic}-partition-2`, numbered(2, "c"));
    expect(await session.depth([{ queue: topic }], AbortSignal.timeout(5_000))).toMatchObject([{ ready: 4 }]);
    const { deaths } = await collect(session, { queue: topic }, 4);
    expect(texts(deaths)).toEqual(texts([...numbered(2, "a"), ...numbered(2, "c")]));
    expect(deaths.map(({ identity }) => (identity.kind === "exact" ? identity.id.split(":")[2] : null)).toSorted()).toEqual(["0", "0", "2", "2"]);
  });

  test("what came before capture began is read, and the subscription stays", async () => {
    const topic = await makeTopic(theServer(), { subscription: null });
    await admin(theServer(), "PUT", `${topic.replace("://", "/")}/subscription/other`, "earliest");
    await put(theServer(), topic, numbered(3));
    expect((await collect(await open(), { queue: topic }, 3)).deaths).toHaveLength(3);
    await eventually(async () => expect(await backlog(topic)).toBe(0), { timeoutMs: 10_000 });
  });

  test("a login that may not consume is unauthorised, until it may", async () => {
    const topic = await makeTopic(theServer());
    const { strangersToken } = theServer();
    await expect(open(strangersToken)).rejects.toMatchObject({ name: "Fault", code: "unauthorised" });
    const policy = `namespaces/public/default/permissions/stranger`;
    await admin(theServer(), "POST", policy, ["produce"]);
    try {
      await using session = await open(strangersToken);
      await expect(nextBatch(session.capture({ queue: topic }, null, LIMITS, AbortSignal.timeout(20_000))[Symbol.asyncIterator]())).rejects.toMatchObject({ code: "unauthorised" });
      expect(await session.publish([], { kind: "pulsar", topic }, AbortSignal.timeout(5_000))).toEqual([]);
    } finally {
      await admin(theServer(), "DELETE", policy);
    }
  });
});
