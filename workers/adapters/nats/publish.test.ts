import { DiscardPolicy } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import { nats } from "#core/brokers/nats.ts";
import type { Header } from "#core/message/header.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { collect } from "#test/adapter-reading.ts";
import { makeStream, natsAccess, openNative, putNatively, type NatsManifest, type NativeNats } from "#test/brokers/nats-harness.ts";
import { startNats, type TestNats } from "#test/brokers/nats.ts";
import { connectNats } from "./connect.ts";

let server: TestNats;
let native: NativeNats;
let session: Session<NatsManifest>;
beforeAll(async () => {
  const users = `authorization { users = [{ user: redrive, password: "s3cret pass", permissions: { publish: { deny: ["secret.>"] } } }] }`;
  server = await startNats({ users });
  native = await openNative(server);
  session = await connectNats({ name: "test", ...natsAccess(server), signal: AbortSignal.timeout(10_000) });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await native.nc.close();
  await server.stop();
});

const text = (name: string, v: string): Header => ({ name, value: { t: "text", v } });
const outgoing = (body: Uint8Array | string = "x", headers: readonly Header[] = []): Outgoing => ({
  attemptId: crypto.randomUUID(),
  body: Buffer.from(body),
  headers,
  native: { transport: "nats", queue: "Q", stream: "Q", subject: "q.x", sequence: "1", time: null, advisory: null },
});
const soon = () => AbortSignal.timeout(20_000);
const to = (subject: string, stream: string | null = null) => ({ kind: "nats", subject, stream }) as const;
const publishOne = async (message: Outgoing, target: ReturnType<typeof to>, signal = soon()) => (await session.publish([message], target, signal))[0];

test("a resend inside the duplicate window arrives, under an id of its own", async () => {
  const stream = await makeStream(native);
  const source = nats.source.parse({ queue: stream });
  const original = { body: Buffer.from("order"), headers: [text("Nats-Msg-Id", "order-1"), text("a", "b")] };
  await putNatively(native, `${stream}.placed`, [original]);
  const [death] = (await collect(session, source, 1)).deaths;
  const message = outgoing(death?.body, death?.headers);
  expect(await publishOne(message, to(`${stream}.placed`, stream))).toEqual({ status: "confirmed", receipt: `${stream} 2` });
  const { deaths } = await collect(session, source, 2);
  expect(deaths[1]?.headers).toEqual([text("a", "b"), text("Nats-Msg-Id", `redrive-${message.attemptId}`), text("Nats-Expected-Stream", stream)]);
});

test("what the stream drops as a duplicate is not called delivered", async () => {
  const stream = await makeStream(native);
  const message = outgoing();
  expect(await publishOne(message, to(`${stream}.x`))).toMatchObject({ status: "confirmed" });
  expect(await publishOne(message, to(`${stream}.x`))).toMatchObject({
    status: "unknown",
    fault: { code: "nacked", detail: `the stream ${stream} had a message of this id already, at 1, and dropped this one` },
  });
});

test("a subject that another stream keeps is refused", async () => {
  const [one, other] = [await makeStream(native), await makeStream(native)];
  expect(await publishOne(outgoing(), to(`${one}.x`, other))).toMatchObject({ status: "refused", fault: { code: "not_found" } });
  expect((await native.jsm.streams.info(one)).state.messages).toBe(0);
});

test("a stream that is full, or takes no message as large, refuses", async () => {
  const full = await makeStream(native, { max_msgs: 1, discard: DiscardPolicy.New });
  const small = await makeStream(native, { max_msg_size: 100 });
  const [first, second] = await session.publish([outgoing(), outgoing()], to(`${full}.x`), soon());
  expect([first?.status, second]).toEqual(["confirmed", { status: "refused", fault: expect.objectContaining({ code: "blocked" }) }]);
  expect(await publishOne(outgoing(Buffer.alloc(1000)), to(`${small}.x`))).toMatchObject({ status: "refused", fault: { code: "too_large" } });
});

test("a message larger than the server takes is refused, its neighbours go", async () => {
  const stream = await makeStream(native);
  const outcomes = await session.publish([outgoing(), outgoing(Buffer.alloc(33_554_432)), outgoing()], to(`${stream}.x`), soon());
  expect(outcomes.map(({ status }) => status)).toEqual(["confirmed", "refused", "confirmed"]);
  expect(outcomes[1]).toMatchObject({ fault: { code: "too_large" } });
});

test("what NATS can not carry is refused, its neighbours go", async () => {
  const stream = await makeStream(native);
  const outcomes = await session.publish([outgoing(), outgoing("x", [text("a", "b\r\nc: d")]), outgoing()], to(`${stream}.x`), soon());
  expect(outcomes.map(({ status }) => status)).toEqual(["confirmed", "refused", "confirmed"]);
  expect(outcomes[1]).toMatchObject({ fault: { code: "invalid" } });
});

test.each(["$JS.API.STREAM.DELETE.KEEP", "$SYS.REQ.SERVER.PING", "a.*", "a.>", "a..b", ".a"])("%s is no place for a message", async (subject) => {
  expect(await publishOne(outgoing(), to(subject))).toMatchObject({ status: "refused", fault: { code: "invalid" } });
});

test("a login without the right to publish there is told so", async () => {
  await makeStream(native, { name: "SECRET", subjects: ["secret.>"] });
  const outcomes = await session.publish([outgoing(), outgoing(), outgoing()], to("secret.x"), soon());
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: "refused", fault: { code: "unauthorised", detail: "this login may not publish to secret.x" } });
  }
});

test("where somebody listens who is no stream, the outcome is unknown", async () => {
  const stream = await makeStream(native, { no_ack: true });
  const service = native.nc.subscribe("service.x", { callback: (_, message) => void message.respond("hello") });
  await native.nc.flush();
  expect(await publishOne(outgoing(), to("service.x"))).toMatchObject({ status: "unknown", fault: { code: "invalid" } });
  service.unsubscribe();
  // it keeps the message and never says so
  expect(await publishOne(outgoing(), to(`${stream}.x`), AbortSignal.timeout(500))).toMatchObject({ status: "unknown", fault: { code: "timeout" } });
});

test("called off before it was sent is refused", async () => {
  const stream = await makeStream(native);
  expect(await publishOne(outgoing(), to(`${stream}.x`), AbortSignal.abort())).toMatchObject({ status: "refused", fault: { code: "timeout" } });
  expect((await native.jsm.streams.info(stream)).state.messages).toBe(0);
});

test("messages arrive in the order given, also large among small ones", async () => {
  const stream = await makeStream(native);
  const bodies = Array.from({ length: 300 }, (_, i) => Buffer.alloc(i % 50 === 0 ? 5_000_000 : 10, `${i} `));
  const outcomes = await session.publish(bodies.map((body) => outgoing(body)), to(`${stream}.x`), soon());
  expect(outcomes.map((outcome) => (outcome.status === "confirmed" ? outcome.receipt : outcome))).toEqual(bodies.map((_, i) => `${stream} ${i + 1}`));
});

test("after the session is closed everything is refused", async () => {
  const stream = await makeStream(native);
  const closed = await connectNats({ name: "test", ...natsAccess(server), signal: AbortSignal.timeout(10_000) });
  await closed[Symbol.asyncDispose]();
  expect(await closed.publish([outgoing()], to(`${stream}.x`), soon())).toMatchObject([{ status: "refused", fault: { code: "unreachable" } }]);
});
