import { AckPolicy, RetentionPolicy, StorageType, type StreamConfig } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import { nats } from "#core/brokers/nats.ts";
import { LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { makeStream, natsAccess, openNative, putNatively, type NatsManifest, type NativeNats } from "#test/brokers/nats-harness.ts";
import { startNats, type TestNats } from "#test/brokers/nats.ts";
import { eventually } from "#test/eventually.ts";
import { connectNats } from "./connect.ts";

let server: TestNats;
let native: NativeNats;
let session: Session<NatsManifest>;
beforeAll(async () => {
  server = await startNats();
  native = await openNative(server);
  session = await connectNats({ name: "test", ...natsAccess(server), signal: AbortSignal.timeout(10_000) });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await native.nc.close();
  await server.stop();
});

const soon = () => AbortSignal.timeout(20_000);
const messages = (count: number) => Array.from({ length: count }, () => ({ body: Buffer.from("x"), headers: [] }));
const DAY_NS = 24 * 3_600 * 1e9;

test("with our consumer the depth is what it has not read, and what it was given", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  const source = nats.source.parse({ queue: stream, retention: "workqueue" });
  await putNatively(native, `${stream}.x`, messages(7));
  expect(await session.depth([source], soon())).toEqual([{ kind: "exact", ready: 7, inFlight: null, consumers: 0 }]);
  const batches = session.capture(source, null, { ...LIMITS, maxCount: 7, maxWaitMs: 5_000 }, soon())[Symbol.asyncIterator]();
  const batch = await nextBatch(batches);
  await putNatively(native, `${stream}.x`, messages(1));
  // the server hands it to the pull that is open
  await eventually(async () => expect(await session.depth([source], soon())).toEqual([{ kind: "exact", ready: 0, inFlight: 8, consumers: 1 }]));
  await batch.accept();
  await batches.return?.();
});

test("a source of one subject counts only that", async () => {
  const stream = await makeStream(native);
  await putNatively(native, `${stream}.dead`, messages(2));
  await putNatively(native, `${stream}.other`, messages(5));
  const depths = await session.depth([`${stream}.dead`, `${stream}.nothing`, undefined].map((subject) => nats.source.parse({ queue: stream, subject })), soon());
  expect(depths.map((depth) => depth.kind !== "unknown" && depth.ready)).toEqual([2, 0, 7]);
});

test("many streams are measured from one list, the missing one among them is not found", async () => {
  const names = await Promise.all(Array.from({ length: 20 }, () => makeStream(native)));
  await putNatively(native, `${names[3]}.x`, messages(3));
  const sources = [...names, "MISSING"].map((queue) => nats.source.parse({ queue }));
  const depths = await session.depth(sources, soon());
  expect(depths.map((depth) => (depth.kind === "unknown" ? depth.fault.code : depth.ready))).toEqual([...names.map((_, i) => (i === 3 ? 3 : 0)), "not_found"]);
});

async function warningsAbout(config: Partial<StreamConfig>, consumers: readonly object[] = [], put = 0): Promise<readonly string[]> {
  const name = await makeStream(native, config);
  for (const consumer of consumers) await native.jsm.consumers.add(name, { ack_policy: AckPolicy.Explicit, ...consumer });
  await putNatively(native, `${name}.x`, messages(put));
  const found = (await session.discover(soon())).find((queue) => queue.name === name);
  return found?.warnings ?? ["it was not found"];
}

test("a dead-letter stream that may lose what it holds is warned of", async () => {
  expect(await warningsAbout({ name: "GOOD-DLQ", max_age: 30 * DAY_NS })).toEqual([]);
  expect(await warningsAbout({ name: "SHORT-DLQ", max_age: DAY_NS })).toEqual(["It deletes messages after 24 h, read or not."]);
  expect(await warningsAbout({ name: "MEMORY_DEAD", storage: StorageType.Memory })).toEqual(["It is kept in memory: when its servers stop, what it holds is gone."]);
  expect(await warningsAbout({ name: "FULL-failed", max_msgs: 10 }, [], 9)).toEqual([
    "It holds 9 of at most 10 messages: beyond that the oldest are deleted without a word.",
  ]);
  expect(await warningsAbout({ name: "DLQ", retention: RetentionPolicy.Interest })).toEqual([
    "It has retention interest and no consumer: what is sent to it now is dropped at once.",
  ]);
});

test("a stream of work with such limits is not", async () => {
  expect(await warningsAbout({ max_msgs: 10, max_age: DAY_NS }, [{ durable_name: "c", max_deliver: 5 }], 9)).toEqual([]);
});

test("a consumer that gives up at once is warned of", async () => {
  expect(await warningsAbout({}, [{ durable_name: "hasty", max_deliver: 1 }, { durable_name: "patient", max_deliver: 5 }, { durable_name: "endless" }])).toEqual([
    "hasty gives a message up when it fails the first time (max_deliver 1, no backoff).",
  ]);
});

test("an interest stream on a server that loses what is given up is warned of", async () => {
  const version = native.nc.info?.version ?? "";
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const old = major * 1e6 + minor * 1e3 + patch < 2_010_026;
  expect(await warningsAbout({ retention: RetentionPolicy.Interest }, [{ durable_name: "billing", max_deliver: 5 }])).toEqual(
    old ? [`This server (${version}) may delete messages that billing gave up when any consumer of the stream is removed; 2.10.26 does not.`] : [],
  );
});

test("buckets of keys and objects are no queues", async () => {
  await native.jsm.streams.add({ name: "KV_settings", subjects: ["$KV.settings.>"], max_msgs_per_subject: 1 });
  const found = await session.discover(soon());
  expect(found.map(({ name }) => name)).not.toContain("KV_settings");
  expect(found.find(({ name }) => name === "REDRIVE_ADVISORIES")).toMatchObject({
    type: "limits",
    custody: "copied",
    source: { queue: "REDRIVE_ADVISORIES", mode: "advisories", retention: "limits" },
    warnings: [],
  });
});
