import { AckPolicy, RetentionPolicy } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import { nats } from "#core/brokers/nats.ts";
import { collect, LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { makeStream, natsAccess, openNative, putNatively, type NatsManifest, type NativeNats } from "#test/brokers/nats-harness.ts";
import { startNats, type TestNats } from "#test/brokers/nats.ts";
import { eventually } from "#test/eventually.ts";
import { startFaultProxy } from "#test/fault-proxy.ts";
import { connectNats } from "./connect.ts";
import { timeOf } from "./message.ts";

let server: TestNats;
let native: NativeNats;
const open = (): Promise<Session<NatsManifest>> => connectNats({ name: "test", ...natsAccess(server), signal: AbortSignal.timeout(10_000) });
beforeAll(async () => {
  server = await startNats();
  native = await openNative(server);
});
afterAll(async () => {
  await native.nc.close();
  await server.stop();
});

const messages = (...bodies: (string | Buffer)[]) => bodies.map((body) => ({ body: Buffer.from(body), headers: [] }));
const sourceOf = (queue: string, more: object = {}) => nats.source.parse({ queue, ...more });
const soon = () => AbortSignal.timeout(20_000);
const bodies = (deaths: readonly { readonly body: Uint8Array }[]): string[] => deaths.map(({ body }) => Buffer.from(body).toString());
const consumersOf = async (stream: string): Promise<string[]> => (await native.jsm.consumers.list(stream).next()).map(({ name }) => name);

test("a death says where it lay and when it was stored", async () => {
  const stream = await makeStream(native);
  await putNatively(native, `${stream}.a.b`, messages("x"));
  await using session = await open();
  const [death] = (await collect(session, sourceOf(stream), 1)).deaths;
  const stored = JSON.parse((await native.nc.request(`$JS.API.STREAM.MSG.GET.${stream}`, '{"seq":1}')).string()) as { message: { time: string } };
  expect(death).toMatchObject({
    identity: { kind: "exact", id: `${stream} 1 ${stored.message.time}` },
    native: { transport: "nats", queue: stream, stream, subject: `${stream}.a.b`, sequence: "1", time: stored.message.time, advisory: null },
  });
});

test.each([
  ["1795394631892792352", "2026-11-23T00:43:51.892792352Z"],
  ["1795394631892790000", "2026-11-23T00:43:51.89279Z"],
  ["1795394631000000000", "2026-11-23T00:43:51Z"],
  ["0", "1970-01-01T00:00:00Z"],
])("%s ns is %s", (nanos, time) => expect(timeOf(nanos)).toBe(time));

test("reading a limits stream leaves nothing behind in it", async () => {
  const stream = await makeStream(native);
  await putNatively(native, `${stream}.x`, messages("a", "b"));
  await using session = await open();
  await collect(session, sourceOf(stream), 2);
  await eventually(async () => expect(await consumersOf(stream)).toEqual([]));
  expect((await native.jsm.streams.info(stream)).state.messages).toBe(2);
});

test("only what its subject asks for is read, by a consumer of its own name", async () => {
  for (const retention of [RetentionPolicy.Limits, RetentionPolicy.Workqueue]) {
    const stream = await makeStream(native, { retention });
    await putNatively(native, `${stream}.other`, messages("other"));
    await putNatively(native, `${stream}.dead`, messages("dead"));
    await using session = await open();
    const { deaths } = await collect(session, sourceOf(stream, { retention, subject: `${stream}.dead` }), 1);
    expect(bodies(deaths)).toEqual(["dead"]);
    expect((await native.jsm.streams.info(stream)).state.messages).toBe(retention === RetentionPolicy.Limits ? 2 : 1);
  }
});

test("what is accepted is gone from a work queue when accept resolves, and the consumer stays", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  await putNatively(native, `${stream}.x`, messages(...Array.from({ length: 500 }, (_, i) => `m${i}`)));
  await using session = await open();
  const batches = session.capture(sourceOf(stream, { retention: "workqueue" }), null, { ...LIMITS, maxCount: 500, maxWaitMs: 1_000 }, soon())[Symbol.asyncIterator]();
  const batch = await nextBatch(batches);
  expect(batch.deaths).toHaveLength(500);
  expect(batch.cursor).toBeNull();
  await batch.accept();
  expect((await native.jsm.streams.info(stream)).state.messages).toBe(0);
  await batches.return?.();
  expect(await consumersOf(stream)).toEqual(["redrive"]);
});

test("a batch held longer than the server waits for acknowledgements is not delivered again", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  await putNatively(native, `${stream}.x`, messages("slow"));
  await using session = await open();
  const source = sourceOf(stream, { retention: "workqueue" });
  const batches = session.capture(source, null, LIMITS, AbortSignal.timeout(40_000))[Symbol.asyncIterator]();
  const held = await nextBatch(batches);
  const began = Date.now();
  const following = batches.next();
  // the server tells of itself when it delivered again
  await eventually(
    async () => {
      const { num_redelivered: again } = await native.jsm.consumers.info(stream, "redrive");
      expect(again).toBe(0);
      return Date.now() - began > 12_000;
    },
    { timeoutMs: 20_000, intervalMs: 500 },
  );
  await held.accept();
  await putNatively(native, `${stream}.x`, messages("next"));
  const { value } = await following;
  expect(bodies(value?.deaths ?? [])).toEqual(["next"]);
  await value?.accept();
}, 60_000);

test("what a stopped capture did not accept comes to the next one at once", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  await putNatively(native, `${stream}.x`, messages("a", "b", "c"));
  const source = sourceOf(stream, { retention: "workqueue" });
  await using session = await open();
  const batches = session.capture(source, null, LIMITS, soon())[Symbol.asyncIterator]();
  await nextBatch(batches);
  await batches.return?.();
  const began = Date.now();
  const { deaths } = await collect(session, source, 3);
  expect(bodies(deaths).toSorted()).toEqual(["a", "b", "c"]);
  expect(Date.now() - began).toBeLessThan(3_000);
});

test("what comes just after a capture was stopped is not held up by its last pull", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  const source = sourceOf(stream, { retention: "workqueue" });
  await using session = await open();
  const stop = new AbortController();
  const batches = session.capture(source, null, LIMITS, stop.signal)[Symbol.asyncIterator]();
  const reading = batches.next();
  await eventually(async () => expect(await native.jsm.consumers.info(stream, "redrive")).toMatchObject({ num_waiting: 1 }));
  stop.abort();
  expect((await reading).done).toBe(true);
  const began = Date.now();
  await putNatively(native, `${stream}.x`, messages("a", "b"));
  const { deaths } = await collect(session, source, 2);
  expect(bodies(deaths).toSorted()).toEqual(["a", "b"]);
  expect(Date.now() - began).toBeLessThan(3_000);
});

test("what several killed workers held does not hold up the next one", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  const source = sourceOf(stream, { retention: "workqueue" });
  await Promise.all(Array.from({ length: 100 }, () => putNatively(native, `${stream}.x`, messages(...Array.from({ length: 80 }, () => "x")))));
  for (let killed = 0; killed < 4; killed++) {
    await using proxy = await startFaultProxy(server);
    const { settings, secrets } = natsAccess({ ...server, host: proxy.host, port: proxy.port });
    await using session = await connectNats({ name: "killed", settings, secrets, signal: soon() });
    const batches = session.capture(source, null, { ...LIMITS, maxCount: 500, maxWaitMs: 1_000 }, soon())[Symbol.asyncIterator]();
    for (let held = 0; held < 3; held++) await nextBatch(batches);
    proxy.reset();
  }
  expect((await native.jsm.consumers.info(stream, "redrive")).num_ack_pending).toBeGreaterThan(4_000);
  await using session = await open();
  const began = Date.now();
  await collect(session, source, 100);
  expect(Date.now() - began).toBeLessThan(3_000);
}, 60_000);

test("a message larger than a batch comes alone, and those behind it follow", async () => {
  const stream = await makeStream(native);
  const large = Buffer.alloc(3_000_000, "large ");
  await putNatively(native, `${stream}.x`, messages("a", "b", large, "c", large, large, "d"));
  await using session = await open();
  const sizes: number[][] = [];
  for await (const batch of session.capture(sourceOf(stream), null, { maxBytes: 1_000_000, maxCount: 100, maxWaitMs: 50 }, soon())) {
    sizes.push(batch.deaths.map(({ body }) => body.length));
    await batch.accept();
    if (sizes.flat().length === 7) break;
  }
  expect(sizes.flat()).toEqual([1, 1, 3_000_000, 1, 3_000_000, 3_000_000, 1]);
  for (const batch of sizes) if (batch.includes(3_000_000)) expect(batch).toHaveLength(1);
});

test("a work queue that another consumer reads is blocked, and says why", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  await native.jsm.consumers.add(stream, { durable_name: "theirs", ack_policy: AckPolicy.Explicit });
  await using session = await open();
  const reading = nextBatch(session.capture(sourceOf(stream, { retention: "workqueue" }), null, LIMITS, soon())[Symbol.asyncIterator]());
  await expect(reading).rejects.toMatchObject({ code: "blocked", detail: expect.stringContaining("one consumer") });
});

test("a stream of another retention than was consented to is not touched", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  await using session = await open();
  const reading = nextBatch(session.capture(sourceOf(stream, { retention: "limits" }), null, LIMITS, soon())[Symbol.asyncIterator]());
  await expect(reading).rejects.toMatchObject({ code: "invalid", detail: expect.stringContaining("workqueue") });
  expect(await consumersOf(stream)).toEqual([]);
});

test("a consumer of our name that would give messages up is not used", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
  await native.jsm.consumers.add(stream, { durable_name: "redrive", ack_policy: AckPolicy.Explicit, max_deliver: 3 });
  await using session = await open();
  const reading = nextBatch(session.capture(sourceOf(stream, { retention: "workqueue" }), null, LIMITS, soon())[Symbol.asyncIterator]());
  await expect(reading).rejects.toMatchObject({ code: "invalid", detail: expect.stringContaining("redrive") });
});

test("a consumer or stream that is deleted under a capture ends it", async () => {
  await using session = await open();
  for (const remove of [
    (stream: string) => native.jsm.consumers.delete(stream, "redrive"),
    (stream: string) => native.jsm.streams.delete(stream),
  ]) {
    const stream = await makeStream(native, { retention: RetentionPolicy.Workqueue });
    const reading = nextBatch(session.capture(sourceOf(stream, { retention: "workqueue" }), null, LIMITS, soon())[Symbol.asyncIterator]());
    await eventually(async () => expect(await native.jsm.consumers.info(stream, "redrive")).toMatchObject({ num_waiting: 1 }));
    await Promise.all([expect(reading).rejects.toMatchObject({ name: "Fault" }), remove(stream)]);
  }
});

test("a server that is killed loses nothing that was put or accepted", async () => {
  const own = await startNats();
  try {
    const past = await openNative(own);
    const stream = await makeStream(past, { retention: RetentionPolicy.Workqueue });
    const all = Array.from({ length: 200 }, (_, i) => `m${i}`);
    await putNatively(past, `${stream}.x`, messages(...all));
    const source = sourceOf(stream, { retention: "workqueue" });
    const openOwn = () => connectNats({ name: "test", ...natsAccess(own), signal: AbortSignal.timeout(10_000) });
    const session = await openOwn();
    const first = await nextBatch(session.capture(source, null, { ...LIMITS, maxCount: 50 }, soon())[Symbol.asyncIterator]());
    await first.accept();
    await Promise.all([own.kill9AndStart(), expect(session.lost).rejects.toMatchObject({ name: "Fault" })]);
    await past.nc.close();
    await using after = await openOwn();
    const { deaths } = await collect(after, source, 200 - first.deaths.length);
    expect(new Set([...bodies(first.deaths), ...bodies(deaths)])).toEqual(new Set(all));
  } finally {
    await own.stop();
  }
});

test("a cursor that is none is invalid", async () => {
  const stream = await makeStream(native);
  await using session = await open();
  for (const cursor of ["17", "{", '{"next":"0","created":"x","time":"y"}', "null"]) {
    const reading = nextBatch(session.capture(sourceOf(stream), cursor, LIMITS, soon())[Symbol.asyncIterator]());
    await expect(reading).rejects.toMatchObject({ code: "invalid", detail: "the cursor is no position in a stream" });
  }
});
