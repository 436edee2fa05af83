import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { numbered, texts } from "#test/adapter-contract-capture.ts";
import { collect, LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { accessTo, drainNatively, makePlace, openNative, runsRabbit, type RabbitManifest } from "#test/brokers/rabbitmq-harness.ts";
import { eventually } from "#test/eventually.ts";
import { startFaultProxy } from "#test/fault-proxy.ts";
import type { ChannelModel } from "./client.ts";
import { connectRabbit } from "./connect.ts";
import { windowFor } from "./intake.ts";

let model: ChannelModel;
let session: Session<RabbitManifest>;
const open = (access = accessTo(runsRabbit())): Promise<Session<RabbitManifest>> =>
  connectRabbit({ name: "capture.test", ...access, signal: AbortSignal.timeout(10_000) });
const soon = (): AbortSignal => AbortSignal.timeout(20_000);

beforeAll(async () => {
  model = await openNative(runsRabbit());
  session = await open();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await model.close();
});

const hashes = (deaths: readonly RawDeath[]): unknown[] =>
  deaths.map(({ identity }) => (identity.kind === "content" ? identity.hash : identity.id)).toSorted();

describe.each(["classic", "quorum"] as const)("a %s queue", (type) => {
  test("gives a death the same identity when the broker delivers it again, and says so", async () => {
    const place = await makePlace(model, type);
    await place.put(numbered(3));
    const first = session.capture(place.source, null, { ...LIMITS, maxCount: 3 }, soon())[Symbol.asyncIterator]();
    const batch = await nextBatch(first);
    expect(batch.deaths).toHaveLength(3);
    await first.return?.();
    const { deaths } = await collect(session, place.source, 3);
    expect(hashes(deaths)).toEqual(hashes(batch.deaths));
    for (const { identity, native } of deaths) {
      expect(identity).toMatchObject({ redelivered: true });
      expect(native).toMatchObject({ redelivered: true, queue: place.queue });
    }
  });

  test("keeps batches accepted out of order apart", async () => {
    const place = await makePlace(model, type);
    await place.put(numbered(6));
    const batches = session.capture(place.source, null, { ...LIMITS, maxCount: 3 }, soon())[Symbol.asyncIterator]();
    const first = await nextBatch(batches);
    const second = await nextBatch(batches);
    await second.accept();
    await batches.return?.();
    expect(texts(await place.drain())).toEqual(texts(first.deaths));
  });

  test("has nothing left once accept resolved, even if the connection dies at that moment", async () => {
    const place = await makePlace(model, type);
    await place.put(numbered(100));
    const { settings, secrets } = accessTo(runsRabbit());
    await using proxy = await startFaultProxy(settings);
    await using through = await open({ settings: { ...settings, host: proxy.host, port: proxy.port }, secrets });
    const seen: RawDeath[] = [];
    for await (const batch of through.capture(place.source, null, LIMITS, soon())) {
      seen.push(...batch.deaths);
      await batch.accept();
      if (seen.length === 100) break;
    }
    proxy.reset();
    expect(await drainNatively(model, place.queue)).toEqual([]);
  });

  test("ends with not_found when it is deleted under the capture", async () => {
    const place = await makePlace(model, type);
    await using own = await open();
    const next = nextBatch(own.capture(place.source, null, LIMITS, soon())[Symbol.asyncIterator]());
    const ended = expect(next).rejects.toMatchObject({ name: "Fault", code: "not_found" });
    const channel = await model.createChannel();
    // RabbitMQ 3.10 closes the whole connection (541) when a quorum queue goes while its consumer is still being
    // registered; this test is about the queue that goes afterwards.
    await eventually(async () => expect((await channel.checkQueue(place.queue)).consumerCount).toBe(1));
    await channel.deleteQueue(place.queue);
    await channel.close();
    await ended;
  });
});

test("accept after the connection is lost says that the broker may deliver again", async () => {
  const place = await makePlace(model, "classic");
  await place.put(numbered(2));
  const { settings, secrets } = accessTo(runsRabbit());
  await using proxy = await startFaultProxy(settings);
  const through = await open({ settings: { ...settings, host: proxy.host, port: proxy.port }, secrets });
  const batch = await nextBatch(through.capture(place.source, null, { ...LIMITS, maxCount: 2 }, soon())[Symbol.asyncIterator]());
  proxy.reset();
  await expect(through.lost).rejects.toMatchObject({ code: "unreachable" });
  await expect(batch.accept()).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
  expect(texts((await collect(session, place.source, 2)).deaths)).toEqual(texts(numbered(2)));
});

test("several captures share one connection", async () => {
  const places = await Promise.all([makePlace(model, "classic"), makePlace(model, "quorum"), makePlace(model, "stream")]);
  await Promise.all(places.map((place) => place.put(numbered(300))));
  const all = await Promise.all(places.map((place) => collect(session, place.source, 300)));
  for (const { deaths } of all) expect(texts(deaths)).toEqual(texts(numbered(300)));
});

test("a batch closes at its bytes, and one message may be larger than that", async () => {
  const place = await makePlace(model, "classic");
  const big = numbered(5).map((message) => ({ ...message, body: new Uint8Array(100_000) }));
  await place.put([...big, { label: "giant", body: new Uint8Array(2_000_000), headers: [] }]);
  const sizes: number[] = [];
  for await (const batch of session.capture(place.source, null, { maxBytes: 250_000, maxCount: 100, maxWaitMs: 50 }, soon())) {
    sizes.push(batch.deaths.length);
    await batch.accept();
    if (sizes.reduce((sum, size) => sum + size, 0) === 6) break;
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2);
});

test("the window follows the size of what is read", () => {
  const limits = { maxBytes: 4_000_000, maxCount: 500 };
  expect(windowFor(1_000, limits)).toBe(1_500);
  expect(windowFor(100_000, limits)).toBe(120);
  expect(windowFor(16_000_000, limits)).toBe(1);
  expect(windowFor(1, { maxBytes: 1e12, maxCount: 1e6 })).toBe(4_000);
});

test("a stream is read on from its cursor, and a cursor that is none is invalid", async () => {
  const place = await makePlace(model, "stream");
  await place.put(numbered(400));
  const half = await collect(session, place.source, 150, { limits: { ...LIMITS, maxCount: 50 } });
  const rest = await collect(session, place.source, 400 - half.deaths.length, { into: { deaths: [], cursor: half.cursor } });
  expect(rest.deaths.map(({ native }) => (native.transport === "amqp-0.9.1" ? native.streamOffset : ""))).toEqual(
    Array.from({ length: 400 - half.deaths.length }, (_, i) => String(half.deaths.length + i)),
  );
  await expect(collect(session, place.source, 1, { into: { deaths: [], cursor: "-1" } })).rejects.toMatchObject({ code: "invalid" });
});
