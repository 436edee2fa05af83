import { describe, expect, test } from "vitest";
import { numbered } from "#test/adapter-contract-capture.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import type { PulsarAddress } from "#test/brokers/pulsar.ts";
import { admin, makeTopic, pulsarAccess, put, readAll } from "#test/brokers/pulsar-harness.ts";
import { connectPulsar } from "./connect.ts";

const { server, reason } = await onDemand<PulsarAddress>("pulsar");
const theServer = (): PulsarAddress => {
  if (server === null) throw new Error(reason);
  return server;
};
const open = (namespaces = "public/default") => connectPulsar({ name: "test", ...pulsarAccess(theServer(), { namespaces }), signal: AbortSignal.timeout(20_000) });
const soon = (): AbortSignal => AbortSignal.timeout(30_000);

/** A namespace of its own, with policies that no other test sees. */
async function makeNamespace(): Promise<string> {
  const namespace = `public/hygiene-${crypto.randomUUID()}`;
  await admin(theServer(), "PUT", `namespaces/${namespace}`, {});
  return namespace;
}

describe.skipIf(server === null)("Pulsar", { timeout: 60_000 }, () => {
  test("a depth is exact for single messages, and an estimate where entries hold many", async () => {
    await using session = await open();
    const [single, batched] = [await makeTopic(theServer()), await makeTopic(theServer())];
    await put(theServer(), single, numbered(3));
    await put(theServer(), batched, numbered(12), {}, 6);
    const depths = await session.depth([{ queue: single }, { queue: batched }], soon());
    // what a reader finds: the service's own producer may send a message twice while the topic is opened
    const held = await Promise.all([single, batched].map(async (topic) => (await readAll(theServer(), topic)).length));
    expect(depths).toMatchObject([
      { kind: "exact", ready: held[0], inFlight: 0, consumers: 0 },
      { kind: "estimate", ready: held[1] },
    ]);
    expect(held[0]).toBeGreaterThanOrEqual(3);
    expect(held[1]).toBeGreaterThanOrEqual(12);
  });

  test("a topic without Redrive's subscription is as deep as the one furthest behind, without any as what it holds", async () => {
    await using session = await open();
    const [others, nobodys] = [await makeTopic(theServer(), { subscription: "slow" }), await makeTopic(theServer(), { subscription: null })];
    await put(theServer(), others, numbered(4));
    await admin(theServer(), "PUT", `${others.replace("://", "/")}/subscription/fast`, "latest");
    await put(theServer(), nobodys, numbered(2));
    expect(await session.depth([{ queue: others }, { queue: nobodys }], soon())).toMatchObject([
      { kind: "exact", ready: 4 },
      { kind: "estimate", inFlight: null, consumers: 0 },
    ]);
  });

  test("discovery tells by which convention a topic is a dead-letter topic, and what would lose its messages", async () => {
    const namespace = await makeNamespace();
    const path = `persistent/${namespace}`;
    for (const topic of ["orders", "orders-billing-DLQ", "orders-billing-RETRY", "custom.dlq"]) await admin(theServer(), "PUT", `${path}/${topic}`);
    await admin(theServer(), "PUT", `${path}/wide/partitions`, 2);
    await admin(theServer(), "POST", `namespaces/${namespace}/messageTTL`, 7_200);
    await admin(theServer(), "POST", `namespaces/${namespace}/backlogQuota`, { limitSize: 1_000_000, policy: "consumer_backlog_eviction" });
    await admin(theServer(), "PUT", `${path}/custom.dlq/subscription/redrive`, "earliest");

    await using session = await open(namespace);
    const found = new Map((await session.discover(soon())).map((queue) => [queue.name.replace(/.*\//, ""), queue]));
    expect([...found.keys()]).toEqual(["custom.dlq", "orders", "orders-billing-DLQ", "orders-billing-RETRY", "wide"]);
    const queue = `persistent://${namespace}/orders`;
    expect(found.get("orders")).toMatchObject({ type: "topic", custody: "copied", deadLetterSigns: [], warnings: [] });
    expect(found.get("wide")).toMatchObject({ type: "partitioned topic" });
    expect(found.get("orders-billing-DLQ")?.deadLetterSigns).toEqual([{ sign: "target_of", queue }, { sign: "name" }]);
    expect(found.get("orders-billing-DLQ")?.warnings).toEqual([
      expect.stringMatching(/^It has no subscription and no retention/),
      expect.stringContaining("after 2 hours (message TTL)"),
      expect.stringContaining("consumer_backlog_eviction"),
    ]);
    expect(found.get("orders-billing-RETRY")?.warnings[0]).toContain("another try");
    expect(found.get("custom.dlq")).toMatchObject({ deadLetterSigns: [{ sign: "name" }], warnings: [expect.stringContaining("TTL"), expect.stringContaining("eviction")] });
  });

  test("a dead-letter topic that nobody reads, where retention keeps it for a while", async () => {
    const namespace = await makeNamespace();
    await admin(theServer(), "PUT", `persistent/${namespace}/orders-billing-DLQ`);
    await admin(theServer(), "POST", `namespaces/${namespace}/retention`, { retentionTimeInMinutes: 4_320, retentionSizeInMB: 512 });
    await using session = await open(namespace);
    expect((await session.discover(soon()))[0]?.warnings).toEqual([expect.stringContaining("deleted after 3 days or above 512 MB (retention)")]);
  });

  test("a namespace that is missing is named", async () => {
    await using session = await open("public/default\npublic/nowhere");
    await expect(session.discover(soon())).rejects.toMatchObject({ name: "Fault", code: "not_found", detail: expect.stringContaining("public/nowhere") });
  });
});
