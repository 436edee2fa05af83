import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AckPolicy, jetstream } from "@nats-io/jetstream";
import { headers as makeHeaders } from "@nats-io/transport-node";
import { nats } from "#core/brokers/nats.ts";
import type { NatsNative } from "#core/message/native.ts";
import type { NatsAddress } from "../brokers/nats.ts";
import { makeStream, natsAccess, openNative, putNatively, type NativeNats } from "../brokers/nats-harness.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { eventually } from "../eventually.ts";
import { brokerScene, killAtEveryPoint, type BrokerScene } from "./broker-scene.ts";

const { server, reason } = await onDemand<NatsAddress>("nats");
let native: NativeNats;
beforeAll(async () => {
  if (server !== null) native = await openNative(server);
});
afterAll(async () => native?.nc.close());

const sceneOf = (source: object): Promise<BrokerScene> => {
  if (server === null) throw new Error(reason);
  return brokerScene({ name: "mail", kind: "nats", ...natsAccess(server) }, nats.source.parse(source));
};
const ADVISORIES = { queue: "REDRIVE_ADVISORIES", mode: "advisories" };

/** A stream whose consumer gives up at the first failure. */
async function failing(): Promise<{ stream: string; subject: string; fail(): Promise<void> }> {
  const stream = await makeStream(native);
  await native.jsm.consumers.add(stream, { durable_name: "billing", ack_policy: AckPolicy.Explicit, max_deliver: 1, ack_wait: 5e8 });
  const consumer = await jetstream(native.nc).consumers.get(stream, "billing");
  return {
    stream,
    subject: `${stream}.created`,
    async fail() {
      const message = await consumer.next({ expires: 10_000 });
      // without a reason: servers before 2.10 take a TERM with one for nothing
      message?.term();
      await native.nc.flush();
    },
  };
}

const ofStream = async (scene: BrokerScene, stream: string): Promise<Record<string, unknown>[]> => scene.pool.sql`
  select m.id, m.state, m.deaths, m.redrives, m.rule, m.reason, m.error_message as "errorMessage", d.native
  from messages m join deaths d on d.id = m.last_death_id where d.native::json->>'stream' = ${stream} order by m.position`;

describe.skipIf(server === null)("NATS JetStream", () => {
  test("a message is terminated, is captured by its advisory, resent inside the dedup window, and dies again as the same message", async () => {
    await using scene = await sceneOf(ADVISORIES);
    await using worker = await scene.worker();
    // the advisory stream is there once the worker has opened the connection
    await eventually(() => native.jsm.streams.info("REDRIVE_ADVISORIES"));
    const { stream, subject, fail } = await failing();
    const headers = makeHeaders();
    headers.set("Nats-Msg-Id", "order-1");
    headers.set("tenant", "berlin");
    await jetstream(native.nc).publish(subject, '{"id":12345678901234567890}', { headers });
    await fail();
    await eventually(async () => expect(await ofStream(scene, stream), worker.tail()).toHaveLength(1), { timeoutMs: 20_000 });
    expect((await ofStream(scene, stream))[0]).toMatchObject({ state: "dead", rule: "nats-advisory", reason: "terminated", deaths: 1 });

    await scene.resendAll();
    await eventually(async () => expect((await ofStream(scene, stream))[0], worker.tail()).toMatchObject({ state: "resent", redrives: 1 }));
    const { state } = await native.jsm.streams.info(stream);
    expect(state.messages, "the broker did not take it for a duplicate").toBe(2);
    const again = await native.jsm.streams.getMessage(stream, { seq: 2 });
    expect(again?.string()).toBe('{"id":12345678901234567890}');
    expect(again?.header.get("tenant")).toBe("berlin");
    await fail();
    await eventually(async () => expect(await ofStream(scene, stream), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]), { timeoutMs: 20_000 });
  }, 60_000);

  test("an advisory whose message is gone is stored and says so", async () => {
    await using scene = await sceneOf(ADVISORIES);
    const { stream, subject, fail } = await failing();
    const opened = await scene.worker();
    await eventually(() => native.jsm.streams.info("REDRIVE_ADVISORIES"));
    await opened[Symbol.asyncDispose]();
    await scene.pool.sql`update leases set until = now()`;
    await putNatively(native, subject, [{ body: Buffer.from("soon gone"), headers: [] }]);
    await fail();
    await native.jsm.streams.purge(stream);
    await using worker = await scene.worker();
    await eventually(async () => expect(await ofStream(scene, stream), worker.tail()).toHaveLength(1), { timeoutMs: 20_000 });
    const [row] = await ofStream(scene, stream);
    expect((JSON.parse(String(row?.["native"])) as NatsNative).advisory).toMatchObject({ message: "gone", consumer: "billing" });
  }, 60_000);

  test.each(["limits", "workqueue"] as const)("nothing is lost and nothing is stored twice, whenever a worker dies (%s)", { timeout: 240_000 }, async (retention) => {
    const stream = await makeStream(native, { retention });
    await using scene = await sceneOf({ queue: stream, retention });
    await killAtEveryPoint(scene, (bodies) => putNatively(native, `${stream}.dead`, bodies.map((body) => ({ body: Buffer.from(body), headers: [] }))));
  });
});
