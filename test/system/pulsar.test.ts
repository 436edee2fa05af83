import { describe, expect, test } from "vitest";
import { text } from "#core/message/header.ts";
import { onDemand } from "../brokers/on-demand.ts";
import type { PulsarAddress } from "../brokers/pulsar.ts";
import { makeTopic, pulsarAccess, put, readAll } from "../brokers/pulsar-harness.ts";
import { eventually } from "../eventually.ts";
import { brokerScene, killAtEveryPoint, type BrokerScene } from "./broker-scene.ts";

const { server, reason } = await onDemand<PulsarAddress>("pulsar");

const theServer = (): PulsarAddress => {
  if (server === null) throw new Error(reason);
  return server;
};
const sceneOf = (topic: string): Promise<BrokerScene> => brokerScene({ name: "billing", kind: "pulsar", ...pulsarAccess(theServer()) }, { queue: topic });

/** What the Java client writes about a message it gave up after `reconsumeLater`. */
const given = (topic: string, properties: Readonly<Record<string, string>>) =>
  Object.entries({ ...properties, REAL_TOPIC: topic, REAL_SUBSCRIPTION: "billing", ORIGIN_MESSAGE_ID: "77:3:-1", ORIGIN_MESSAGE_IDY_TIME: "77:3:-1", RECONSUMETIMES: "16", DELAY_TIME: "500" }).map(([name, value]) => text(name, value));

describe.skipIf(server === null)("Pulsar", () => {
  test("a message dies into a dead-letter topic, is decoded, resent with key and properties, and dies again as the same message", { timeout: 120_000 }, async () => {
    const name = `system-${crypto.randomUUID()}`;
    const work = await makeTopic(theServer(), { topic: name, subscription: "billing" });
    const dead = await makeTopic(theServer(), { topic: `${name}-billing-DLQ`, subscription: null });
    await using scene = await sceneOf(dead);
    await using worker = await scene.worker();
    const body = Buffer.from('{"id":12345678901234567890}');
    await put(theServer(), dead, [{ body, headers: given(work, { tenant: "berlin" }) }], { key: "order-1", eventTime: "2026-03-14T09:26:53.123Z" });
    await eventually(async () => expect(await scene.messages(), worker.tail()).toHaveLength(1), { timeoutMs: 30_000 });
    expect((await scene.messages())[0]).toMatchObject({ state: "dead", rule: "pulsar-reconsume-later", reason: "retries_exhausted", attempts: 16, origin: work });

    await scene.resendAll();
    await eventually(async () => expect((await scene.messages())[0], worker.tail()).toMatchObject({ state: "resent", redrives: 1 }), { timeoutMs: 30_000 });
    const [resent] = await readAll(theServer(), work);
    expect(resent?.body.equals(body)).toBe(true);
    expect(resent).toMatchObject({ key: "order-1", eventTime: "2026-03-14T09:26:53.123Z" });
    expect(Object.keys(resent?.properties ?? {}).toSorted()).toEqual(["redrive-count", "redrive-id", "redrive-origin", "tenant"]);

    await put(theServer(), dead, [{ body, headers: given(work, resent?.properties ?? {}) }], { key: "order-1" });
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]), { timeoutMs: 30_000 });
  });

  test("nothing is lost and nothing is stored twice, whenever a worker dies", { timeout: 300_000 }, async () => {
    const topic = await makeTopic(theServer(), { topic: `system-${crypto.randomUUID()}-DLQ`, partitions: 3 });
    await using scene = await sceneOf(topic);
    // as entries of five, of which a worker may have stored and acknowledged a part when it dies
    await killAtEveryPoint(scene, (bodies) => put(theServer(), topic, bodies.map((body) => ({ body: Buffer.from(body), headers: [] })), {}, 5));
  });
});
