import { AckPolicy, RetentionPolicy } from "@nats-io/jetstream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { collect } from "#test/adapter-reading.ts";
import { failMessages, makeStream, natsAccess, openNative, putNatively, type NatsManifest, type NativeNats } from "#test/brokers/nats-harness.ts";
import { LIMITED, startNats, type TestNats } from "#test/brokers/nats.ts";
import { eventually } from "#test/eventually.ts";
import { ADVISORY_SUBJECTS } from "./advisory-stream.ts";
import { connectNats } from "./connect.ts";

// Its own server: one source captures the advisories of a whole account.
let server: TestNats;
let native: NativeNats;
const sessions: Session<NatsManifest>[] = [];
const SOURCE = { queue: "REDRIVE_ADVISORIES", mode: "advisories", retention: "limits" } as const;
const text = (name: string, v: string) => ({ name, value: { t: "text" as const, v } });

beforeAll(async () => {
  server = await startNats();
  native = await openNative(server);
});
afterAll(async () => {
  await native.nc.close();
  await server.stop();
});
beforeEach(() => async () => {
  await Promise.all(sessions.splice(0).map((session) => session[Symbol.asyncDispose]()));
  for await (const { config } of native.jsm.streams.list()) await native.jsm.streams.delete(config.name);
});

async function open(login: { username: string; password: string } = server): Promise<Session<NatsManifest>> {
  const session = await connectNats({ name: "test", ...natsAccess({ ...server, ...login }), signal: AbortSignal.timeout(10_000) });
  sessions.push(session);
  return session;
}

const failAll = (stream: string, count: number, word: "-NAK" | "+TERM", consumer = "billing"): Promise<void> =>
  failMessages(native, { stream, consumer, count, word });

const kept = async (count: number): Promise<void> => {
  await eventually(async () => expect((await native.jsm.streams.info(SOURCE.queue)).state.messages).toBe(count));
};

test("opening a session makes the stream that keeps advisories, once", async () => {
  await open();
  const { config, created } = await native.jsm.streams.info(SOURCE.queue);
  expect(config).toMatchObject({ subjects: ADVISORY_SUBJECTS, retention: "limits", storage: "file", discard: "old", max_age: 30 * 24 * 3600 * 1e9 });
  await open();
  expect((await native.jsm.streams.info(SOURCE.queue)).created).toBe(created);
});

test("a message that reached max_deliver is captured with what it was and who gave it up", async () => {
  const session = await open();
  const stream = await makeStream(native);
  const headers = [text("b", "1"), text("A", "2"), text("b", "3"), text("Nats-Msg-Id", "order-1")];
  await putNatively(native, `${stream}.placed`, [{ body: Buffer.of(0, 255, 1), headers }]);
  await failAll(stream, 1, "-NAK");
  const [death] = (await collect(session, SOURCE, 1)).deaths;
  const { time } = (await native.jsm.streams.getMessage(stream, { seq: 1 })) ?? { time: null };
  expect(Buffer.from(death?.body ?? [])).toEqual(Buffer.of(0, 255, 1));
  expect(death).toMatchObject({
    identity: { kind: "exact", id: expect.stringMatching(/^REDRIVE_ADVISORIES 1 20.*Z$/) },
    headers,
    native: {
      queue: "REDRIVE_ADVISORIES",
      stream,
      subject: `${stream}.placed`,
      sequence: "1",
      advisory: { kind: "max_deliver", sequence: "1", consumer: "billing", deliveries: 1, reason: null, domain: null, message: "found" },
    },
  });
  expect(new Date(String(death?.native.transport === "nats" && death.native.time)).getTime()).toBe(time?.getTime());
});

test("a message that its consumer terminated is captured", async () => {
  const session = await open();
  const stream = await makeStream(native);
  await putNatively(native, `${stream}.placed`, [{ body: Buffer.from("x"), headers: [] }]);
  await failAll(stream, 1, "+TERM");
  const [death] = (await collect(session, SOURCE, 1)).deaths;
  expect(death?.native).toMatchObject({ stream, advisory: { kind: "terminated", deliveries: 1, message: "found" } });
});

test("an advisory whose message is gone is captured and says so, also when its stream is gone", async () => {
  const session = await open();
  const [deleted, removed] = [await makeStream(native), await makeStream(native)];
  for (const stream of [deleted, removed]) {
    await putNatively(native, `${stream}.placed`, [{ body: Buffer.from("lost"), headers: [text("a", "b")] }]);
    await failAll(stream, 1, "-NAK", `billing-${stream}`);
  }
  await kept(2);
  await native.jsm.streams.deleteMessage(deleted, 1);
  await native.jsm.streams.delete(removed);
  const { deaths } = await collect(session, SOURCE, 2);
  for (const [at, stream] of [deleted, removed].entries()) {
    expect(deaths[at]).toMatchObject({ headers: [], native: { stream, sequence: "1", subject: null, time: null, advisory: { message: "gone" } } });
    expect(deaths[at]?.body).toHaveLength(0);
  }
});

test("sequences beyond 2^53 come out to the last digit, and what is no advisory is kept as it is", async () => {
  const session = await open();
  const subject = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.GONE.c";
  const forged = `{"type":"io.nats.jetstream.advisory.v1.max_deliver","id":"i","timestamp":"t","stream":"GONE","consumer":"c","stream_seq":18446744073709551615,"deliveries":5}`;
  const bodies = [forged, "no advisory", forged.replace('"GONE"', '"a.b >"')];
  await putNatively(native, subject, bodies.map((body) => ({ body: Buffer.from(body), headers: [] })));
  const { deaths } = await collect(session, SOURCE, 3);
  expect(deaths[0]?.native).toMatchObject({ sequence: "18446744073709551615", advisory: { deliveries: 5, message: "gone" } });
  for (const at of [1, 2]) {
    expect(deaths[at]?.native).toMatchObject({ stream: SOURCE.queue, subject, advisory: null });
    expect(Buffer.from(deaths[at]?.body ?? []).toString()).toBe(bodies[at]);
  }
});

test("the reason of a newer server is told; a domain out of reach does not hold up the others", async () => {
  const session = await open();
  const stream = await makeStream(native);
  await putNatively(native, `${stream}.placed`, [{ body: Buffer.from("here"), headers: [] }]);
  const said = { id: "i", timestamp: "2026-03-14T09:26:53.123456789Z", stream, consumer: "c", consumer_seq: 7, stream_seq: 1, deliveries: 2 };
  const terminated = { ...said, type: "io.nats.jetstream.advisory.v1.terminated", reason: "poison \u{1F480}" };
  const bodies = [terminated, { ...terminated, domain: "elsewhere" }].map((advisory) => ({ body: Buffer.from(JSON.stringify(advisory)), headers: [] }));
  await putNatively(native, `$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.${stream}.c`, bodies);
  const { deaths } = await collect(session, SOURCE, 2);
  const told = { kind: "terminated", timestamp: said.timestamp, reason: terminated.reason };
  expect(deaths[0]?.native).toMatchObject({ subject: `${stream}.placed`, advisory: { ...told, domain: null, message: "found" } });
  expect(deaths[1]?.native).toMatchObject({ subject: null, advisory: { ...told, domain: "elsewhere", message: "unreadable" } });
});

test("400 advisories with large messages come in order, each once, in bounded batches", async () => {
  const session = await open();
  const stream = await makeStream(native);
  const bodies = Array.from({ length: 400 }, (_, i) => Buffer.alloc(20_000, `${i} `));
  await putNatively(native, `${stream}.placed`, bodies.map((body) => ({ body, headers: [] })));
  await failAll(stream, 400, "-NAK");
  await kept(400);
  const limits = { maxBytes: 1_000_000, maxCount: 500, maxWaitMs: 10 };
  const { deaths } = await collect(session, SOURCE, 400, { limits });
  expect(deaths.map(({ body }) => Buffer.from(body).toString())).toEqual(bodies.map((body) => body.toString()));
  for await (const batch of session.capture(SOURCE, null, limits, AbortSignal.timeout(5_000))) {
    expect(batch.deaths.length).toBeLessThan(100);
    break;
  }
});

test("a stream that was made anew is read from its beginning", async () => {
  const session = await open();
  const subject = "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.S.c";
  const put = (...words: string[]) => putNatively(native, subject, words.map((word) => ({ body: Buffer.from(word), headers: [] })));
  await put("a", "b", "c");
  const { cursor, deaths } = await collect(session, SOURCE, 3);
  await native.jsm.streams.delete(SOURCE.queue);
  await session.discover(AbortSignal.timeout(5_000)); // which makes it again
  await put("d", "e", "f", "g");
  const again = await collect(session, SOURCE, 4, { into: { deaths: [], cursor } });
  expect(again.deaths.map(({ body }) => Buffer.from(body).toString())).toEqual(["d", "e", "f", "g"]);
  const ids = (some: readonly RawDeath[]) => some.map(({ identity }) => (identity.kind === "exact" ? identity.id : ""));
  expect(new Set([...ids(deaths), ...ids(again.deaths)]).size).toBe(7);
});

test("a stream whose end was lost with the power is read again", async () => {
  const session = await open();
  const subject = "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.S.c";
  await putNatively(native, subject, ["a", "b", "c"].map((word) => ({ body: Buffer.from(word), headers: [] })));
  const { cursor } = await collect(session, SOURCE, 3);
  const told = JSON.parse(cursor ?? "") as { next: string; created: string; time: string };
  // as it would be, had what was at 3 and 4 been lost, and something else been stored at 3
  for (const position of [{ ...told, next: "5" }, { ...told, time: "2020-01-01T00:00:00Z" }]) {
    const again = await collect(session, SOURCE, 3, { into: { deaths: [], cursor: JSON.stringify(position) } });
    expect(again.deaths).toHaveLength(3);
  }
  await putNatively(native, subject, [{ body: Buffer.from("d"), headers: [] }]);
  const { deaths } = await collect(session, SOURCE, 1, { into: { deaths: [], cursor } });
  expect(deaths.map(({ body }) => Buffer.from(body).toString())).toEqual(["d"]);
});

test("a stream that holds the advisories already is used and not changed", async () => {
  const theirs = await makeStream(native, { name: "EVENTS", subjects: ["$JS.EVENT.ADVISORY.>"] });
  const session = await open();
  await expect(native.jsm.streams.info(SOURCE.queue)).rejects.toMatchObject({ code: 10059 });
  const found = await session.discover(AbortSignal.timeout(5_000));
  expect(found).toMatchObject([{ name: theirs, deadLetterSigns: [{ sign: "declared" }], source: { ...SOURCE, queue: theirs } }]);
});

test("what others keep of the advisories stays theirs; the rest is kept, and what is not is said", async () => {
  await makeStream(native, { name: "PARTLY", subjects: ["$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.ORDERS.>"] });
  const stream = await makeStream(native);
  await native.jsm.consumers.add(stream, { durable_name: "billing", ack_policy: AckPolicy.Explicit, max_deliver: 5 });
  const session = await open();
  expect((await native.jsm.streams.info(SOURCE.queue)).config.subjects).toEqual([ADVISORY_SUBJECTS[1]]);
  const found = await session.discover(AbortSignal.timeout(5_000));
  expect(found.find(({ name }) => name === stream)?.warnings).toEqual([
    "Messages that billing gives up are announced by an advisory nobody keeps: the stream PARTLY holds a part of these subjects, or gives each message to one consumer only.",
  ]);
});

test("a login that may not make streams is told so", async () => {
  const stream = await makeStream(native, { retention: RetentionPolicy.Limits });
  await native.jsm.consumers.add(stream, { durable_name: "billing", ack_policy: AckPolicy.Explicit, max_deliver: 5 });
  const session = await open(LIMITED);
  const [found] = await session.discover(AbortSignal.timeout(5_000));
  expect(found?.warnings).toEqual([
    "Messages that billing gives up are announced by an advisory nobody keeps: the stream REDRIVE_ADVISORIES could not be made: this login may not publish to $JS.API.STREAM.CREATE.REDRIVE_ADVISORIES.",
  ]);
});
