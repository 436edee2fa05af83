import { AckPolicy, RetentionPolicy } from "@nats-io/jetstream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { nats } from "#core/brokers/nats.ts";
import { text, type Header } from "#core/message/header.ts";
import type { NatsAddress } from "../brokers/nats.ts";
import { failMessages, makeStream, natsAccess, openNative, putNatively, type NativeNats } from "../brokers/nats-harness.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { startNats, type TestNats } from "../brokers/nats.ts";
import { eventually } from "../eventually.ts";
import { brokerScene, killAtEveryPoint, type BrokerScene } from "./broker-scene.ts";

// What could lose, double or purge a message on the way over JetStream, with real workers. A server of its own: one source
// captures the advisories of a whole account.
const { server: available } = await onDemand<NatsAddress>("nats");
const ADVISORIES = "REDRIVE_ADVISORIES";
const SOURCE = { queue: ADVISORIES, mode: "advisories" };

describe.skipIf(available === null)("NATS JetStream", () => {
  let server: TestNats;
  let native: NativeNats;
  beforeAll(async () => {
    server = await startNats();
    native = await openNative(server);
  });
  afterAll(async () => {
    await native.nc.close();
    await server.stop();
  });
  afterEach(async () => {
    for await (const { config } of native.jsm.streams.list()) await native.jsm.streams.delete(config.name);
  });

  const sceneOf = (source: object): Promise<BrokerScene> => brokerScene({ name: "events", kind: "nats", ...natsAccess(server) }, nats.source.parse(source));
  const put = (subject: string, bodies: readonly string[], headers: readonly Header[] = []): Promise<void> => putNatively(native, subject, bodies.map((body) => ({ body: Buffer.from(body), headers })));
  const advisoriesKept = () => eventually(() => native.jsm.streams.info(ADVISORIES), { timeoutMs: 15_000 });

  test("given up, captured with its content, resent inside the dedup window without purging anything, given up again as the same message", async () => {
    const stream = await makeStream(native, { allow_rollup_hdrs: true });
    const subject = `${stream}.placed`;
    await using scene = await sceneOf(SOURCE);
    await using worker = await scene.worker();
    await advisoriesKept();
    await put(subject, ['{"order":12345678901234567890}'], [text("Nats-Msg-Id", "order-9"), text("Nats-Rollup", "all"), text("b", "1"), text("A", "2")]);
    await put(subject, ["a bystander"]);
    await failMessages(native, { stream, consumer: "billing", count: 1, word: "-NAK" });
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", deaths: 1, redrives: 0, rule: "nats-advisory", reason: "delivery_limit", origin: subject }]));
    await native.jsm.consumers.delete(stream, "billing");

    await scene.resendAll();
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "resent", redrives: 1 }]));
    const { state } = await native.jsm.streams.info(stream);
    expect(state, "a rollup would have purged, a duplicate would not have been kept").toMatchObject({ messages: 3, last_seq: 3 });
    const again = await native.jsm.streams.getMessage(stream, { seq: 3 });
    expect(again?.string()).toBe('{"order":12345678901234567890}');
    expect([...(again?.header ?? [])].map(([name]) => name)).toEqual(["b", "A", "redrive-id", "redrive-count", "redrive-origin", "Nats-Msg-Id", "Nats-Expected-Stream"]);

    await native.jsm.streams.purge(stream, { seq: 3 });
    await failMessages(native, { stream, consumer: "billing-again", count: 1, word: "+TERM" });
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]));
  }, 60_000);

  test("an advisory whose message is gone is stored and says so", async () => {
    await makeStream(native, { name: ADVISORIES, subjects: ["$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>", "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>"] });
    const stream = await makeStream(native);
    await put(`${stream}.placed`, ["soon gone"]);
    await failMessages(native, { stream, consumer: "billing", count: 1, word: "+TERM" });
    await native.jsm.streams.purge(stream);
    await using scene = await sceneOf(SOURCE);
    await using worker = await scene.worker();
    await eventually(async () => expect(await scene.messages(), worker.tail()).toHaveLength(1));
    const [row] = await scene.pool.sql<{ native: string }[]>`select native from deaths`;
    expect(JSON.parse(row?.native ?? "")).toMatchObject({ stream, subject: null, advisory: { message: "gone", consumer: "billing" } });
  });

  test("the streams of the connection are listed and measured", async () => {
    const stream = await makeStream(native, { name: "ORDERS-DLQ", retention: RetentionPolicy.Workqueue });
    await put(`${stream}.dead`, ["x"]);
    await using scene = await sceneOf(SOURCE);
    await using worker = await scene.worker();
    const queues = () => scene.pool.sql`select name, type, custody, ready, depth_kind as kind, dead_letter_signs as signs from queues order by name`;
    await eventually(async () =>
      expect(await queues(), worker.tail()).toEqual([
        { name: stream, type: "workqueue", custody: "taken", ready: 1, kind: "exact", signs: '[{"sign":"name"}]' },
        { name: ADVISORIES, type: "limits", custody: "copied", ready: 0, kind: "upper_bound", signs: '[{"sign":"declared"}]' },
      ]),
    );
  });

  test.each(["limits", "workqueue", "interest"] as const)("nothing is lost and nothing is stored twice, whenever a worker dies (%s)", { timeout: 240_000 }, async (retention) => {
    const stream = await makeStream(native, { retention });
    await using scene = await sceneOf({ queue: stream, retention });
    // an interest stream keeps what comes after its consumer was made
    if (retention === "interest") {
      await using first = await scene.worker();
      await eventually(() => native.jsm.consumers.info(stream, "redrive"), { timeoutMs: 15_000 });
      first.kill("SIGTERM");
      await first.ended;
    }
    await killAtEveryPoint(scene, (bodies) => put(`${stream}.dead`, bodies));
    const stored = await scene.ledger();
    // what the killed ones held is given out again, recognised and acknowledged
    await using worker = await scene.worker();
    if (retention !== "limits") await eventually(async () => expect((await native.jsm.streams.info(stream)).state.messages, worker.tail()).toBe(0), { timeoutMs: 30_000 });
    expect(await scene.ledger()).toEqual(stored);
  });

  test("nothing is lost and nothing is stored twice, whenever a worker dies (advisories)", { timeout: 240_000 }, async () => {
    const stream = await makeStream(native);
    await makeStream(native, { name: ADVISORIES, subjects: ["$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>", "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>"] });
    // a consumer that terminates every message as it comes
    const inbox = native.nc.subscribe(`terminate.${stream}`, { callback: (_, { reply = "" }) => native.nc.publish(reply, "+TERM") });
    await native.jsm.consumers.add(stream, { durable_name: "terminator", ack_policy: AckPolicy.Explicit, deliver_subject: inbox.getSubject() });
    await using scene = await sceneOf(SOURCE);
    await killAtEveryPoint(scene, (bodies) => put(`${stream}.x`, bodies));
  });
});
