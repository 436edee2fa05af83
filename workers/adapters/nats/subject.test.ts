import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Batch, Session } from "#core/brokers/adapter.ts";
import { nats } from "#core/brokers/nats.ts";
import { text } from "#core/message/header.ts";
import type { Outgoing, RawDeath } from "#core/message/raw.ts";
import { collect, LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { natsAccess, openNative, type NatsManifest, type NativeNats } from "#test/brokers/nats-harness.ts";
import { startNats, type TestNats } from "#test/brokers/nats.ts";
import { eventually } from "#test/eventually.ts";
import { startFaultProxy } from "#test/fault-proxy.ts";
import { carrying } from "./client.ts";
import { connectNats } from "./connect.ts";
import { connect } from "./connection.ts";
import { encodeBlock } from "./header-block.ts";
import { hear } from "./hear.ts";

// Core NATS: subjects without a stream, on a server that has no JetStream at all.
const NARROW = { username: "narrow", password: "n4rrow" };
const USERS = `authorization { users = [
  { user: "redrive", password: "s3cret pass" }
  { user: "${NARROW.username}", password: "${NARROW.password}", permissions: { publish: { deny: ["secret.>"] }, subscribe: { deny: ["secret.>"] } } }
] }`;

let server: TestNats;
let native: NativeNats;
const open = (login: Partial<TestNats> = {}): Promise<Session<NatsManifest>> => connectNats({ name: "test", ...natsAccess({ ...server, ...login }), signal: AbortSignal.timeout(10_000) });
beforeAll(async () => {
  server = await startNats({ users: USERS, jetStream: false });
  native = await openNative(server);
});
afterAll(async () => {
  await native.nc.close();
  await server.stop();
});

const soon = () => AbortSignal.timeout(20_000);
let nth = 0;
const newSubject = (): string => `t${(nth += 1)}`;
const sourceOf = (queue: string, group?: string) => nats.source.parse({ queue, mode: "subject", ...(group === undefined ? {} : { group }) });
const once = (subject: string) => nats.target.parse({ kind: "nats", subject, delivery: "at_most_once" });
const bodies = (deaths: readonly { readonly body: Uint8Array }[]): string[] => deaths.map(({ body }) => Buffer.from(body).toString());
const outgoing = (...all: (string | Buffer)[]): Outgoing[] => all.map((body) => ({ attemptId: crypto.randomUUID(), body: Buffer.from(body), headers: [], native: HEARD }));
const HEARD = { transport: "nats", queue: "a.>", subject: "a.b", stream: null, sequence: null, time: null, advisory: null, heardAt: "2026-03-14T09:26:53.123Z", reply: null } as const;

async function send(subject: string, ...all: (string | Buffer)[]): Promise<void> {
  for (const body of all) native.nc.publish(subject, Buffer.from(body));
  await native.nc.flush();
}

/** A capture that listens: its first batch says since when. */
async function listening(session: Session<NatsManifest>, source: ReturnType<typeof sourceOf>, { from = null as string | null, stop = soon() } = {}) {
  const batches = session.capture(source, from, LIMITS, stop)[Symbol.asyncIterator]();
  return { batches, first: await nextBatch(batches) };
}

/** What is heard until `count` messages were. */
async function heard(batches: AsyncIterator<Batch>, count: number): Promise<RawDeath[]> {
  const deaths: RawDeath[] = [];
  while (deaths.length < count) {
    const batch = await nextBatch(batches);
    deaths.push(...batch.deaths);
    await batch.accept();
  }
  return deaths;
}

test("a server without JetStream can be logged in to, and nothing waits on a subject", async () => {
  await using session = await open();
  await session.ping(soon());
  expect(await session.depth([sourceOf("orders.>")], soon())).toMatchObject([{ kind: "unknown", fault: { code: "unsupported" } }]);
});

test("what is sent while it listens is heard, to the byte, with where its sender waits", async () => {
  const subject = newSubject();
  await using session = await open();
  const { batches, first } = await listening(session, sourceOf(`${subject}.>`));
  expect(first).toMatchObject({ deaths: [], notices: [] });
  const block = encodeBlock([text("b", "1"), text("A", "2"), text("b", " 3")]);
  native.nc.publish(`${subject}.placed`, Buffer.from([0xff, 0x00, 0x80]), { headers: carrying(block), reply: "answers.here" });
  native.nc.publish(`${subject}.placed`, "same");
  native.nc.publish(`${subject}.placed`, "same");
  const [one, two, three] = await heard(batches, 3);
  expect(one).toMatchObject({ headers: [text("b", "1"), text("A", "2"), text("b", " 3")], native: { queue: `${subject}.>`, subject: `${subject}.placed`, stream: null, reply: "answers.here" } });
  expect(Buffer.from(one?.body ?? []).toString("hex")).toBe("ff0080");
  expect([two?.identity.kind, two?.native]).toMatchObject(["exact", { reply: null }]);
  expect(two?.identity).not.toEqual(three?.identity);
  await batches.return?.();
});

test("a released batch comes back as the same", async () => {
  const subject = newSubject();
  await using session = await open();
  const { batches } = await listening(session, sourceOf(subject));
  await send(subject, "a", "b");
  const released = await nextBatch(batches);
  await released.release();
  expect((await heard(batches, 2)).map(({ identity }) => identity).slice(0, released.deaths.length)).toEqual(released.deaths.map(({ identity }) => identity));
  await batches.return?.();
});

test("in a queue group messages are shared with whoever else is in it, outside of one they are not", async () => {
  const subject = newSubject();
  await using session = await open();
  const [theirs, all] = [[] as string[], Array.from({ length: 200 }, (_, i) => `m${i}`)];
  native.nc.subscribe(subject, { queue: "billing", callback: (_, message) => void theirs.push(message.string()) });
  const [grouped, alone] = [await listening(session, sourceOf(subject, "billing")), await listening(session, sourceOf(subject))];
  await send(subject, ...all);
  expect(bodies(await heard(alone.batches, 200))).toEqual(all);
  await eventually(() => expect(theirs.length).toBeGreaterThan(0));
  const ours = bodies(await heard(grouped.batches, 200 - theirs.length));
  expect([...theirs, ...ours].toSorted()).toEqual(all.toSorted());
  expect(ours.length).toBeGreaterThan(0);
  await Promise.all([grouped.batches.return?.(), alone.batches.return?.()]);
});

test("what was heard when it is stopped is still handed out, and then nothing more is heard", async () => {
  const subject = newSubject();
  await using session = await open();
  const stop = new AbortController();
  const { batches, first } = await listening(session, sourceOf(subject), { stop: stop.signal });
  await first.accept();
  await send(subject, ...Array.from({ length: 250 }, (_, i) => `m${i}`));
  const began = Date.now();
  stop.abort();
  const rest: RawDeath[] = [];
  for (let next = await batches.next(); next.done !== true; next = await batches.next()) rest.push(...next.value.deaths);
  expect(bodies(rest)).toEqual(Array.from({ length: 250 }, (_, i) => `m${i}`));
  expect(Date.now() - began).toBeLessThan(1_000);
  // nobody listens: the server itself says so
  await expect(native.nc.request(subject, "late", { timeout: 2_000 })).rejects.toThrow("no responders");
});

test("a gap is told with the time up to which messages were stored", async () => {
  const subject = newSubject();
  await using session = await open();
  const { cursor } = await (async () => {
    const { batches } = await listening(session, sourceOf(subject));
    await send(subject, "stored");
    const batch = await nextBatch(batches);
    await batches.return?.();
    return batch;
  })();
  await send(subject, "lost");
  const { batches, first } = await listening(session, sourceOf(subject), { from: cursor });
  expect(first.notices).toEqual([expect.stringMatching(new RegExp(`^For a while until .* no worker listened to ${subject}\\. The last that was stored before was heard at ${cursor}`))]);
  await send(subject, "heard again");
  expect(bodies(await heard(batches, 1))).toEqual(["heard again"]);
  await batches.return?.();
});

test("what comes faster than it is taken is dropped, counted and told", async () => {
  const subject = newSubject();
  const { settings, secrets } = natsAccess(server);
  const connection = await connect({ name: "slow", settings, secrets }, soon());
  const batches = hear(connection, sourceOf(subject), null, LIMITS, soon(), 10_000);
  await nextBatch(batches);
  await send(subject, ...Array.from({ length: 20 }, () => Buffer.alloc(1_000)));
  // it hears all of them before anything is taken
  await connection.nc.flush();
  await wait(0);
  const batch = await nextBatch(batches);
  expect(batch.deaths.length).toBeGreaterThan(0);
  expect(batch.notices).toEqual([`${20 - batch.deaths.length} messages of ${subject} came faster than they could be stored and were dropped: NATS gives them to nobody again.`]);
  await batch.release();
  const again = await nextBatch(batches);
  expect([again.deaths.length, again.notices]).toEqual([batch.deaths.length, batch.notices]);
  await batches.return(undefined);
  await connection.close();
});

test("what the login may not do is told, for listening and for sending", async () => {
  await using session = await open(NARROW);
  await expect(listening(session, sourceOf("secret.orders"))).rejects.toMatchObject({ name: "Fault", code: "unauthorised" });
  const outcomes = await session.publish(outgoing("a", "b"), once("secret.orders"), soon());
  expect(outcomes).toMatchObject([{ status: "refused", fault: { code: "unauthorised" } }, { status: "refused", fault: { code: "unauthorised" } }]);
});

test("a connection that is lost ends the listening", async () => {
  await using proxy = await startFaultProxy(server);
  await using session = await open({ host: proxy.host, port: proxy.port });
  const { batches } = await listening(session, sourceOf(newSubject()));
  const next = nextBatch(batches);
  proxy.reset();
  await expect(next).rejects.toMatchObject({ name: "Fault" });
});

test("confirmed says that somebody listened; where nobody does it is refused; what is too large or no place never leaves", async () => {
  const subject = newSubject();
  await using session = await open();
  const [nobody] = await session.publish(outgoing("x"), once(subject), soon());
  expect(nobody).toMatchObject({ status: "refused", fault: { code: "unroutable" } });
  const got: { body: string; id: string | undefined }[] = [];
  native.nc.subscribe(subject, { callback: (_, message) => void got.push({ body: message.string(), id: message.headers?.get("Nats-Msg-Id") }) });
  await native.nc.flush();
  const all = [...Array.from({ length: 2_500 }, (_, i) => `m${i}`), Buffer.alloc(33_554_433)];
  const messages = outgoing(...all);
  const outcomes = [...(await session.publish(messages, once(subject), soon()))];
  expect(outcomes.pop()).toMatchObject({ status: "refused", fault: { code: "too_large" } });
  expect(outcomes.every((outcome) => outcome.status === "confirmed" && outcome.receipt?.startsWith("at most once"))).toBe(true);
  await eventually(() => expect(got).toHaveLength(2_500));
  expect(got).toEqual(messages.slice(0, -1).map(({ body, attemptId }) => ({ body: Buffer.from(body).toString(), id: `redrive-${attemptId}` })));
  expect(nats.target.safeParse({ kind: "nats", subject: "orders.*", delivery: "at_most_once" }).success).toBe(false);
  expect(nats.target.safeParse({ kind: "nats", subject: "$JS.API.STREAM.DELETE.X", delivery: "at_most_once" }).success).toBe(false);
  expect(nats.target.safeParse({ kind: "nats", subject: "orders", stream: "ORDERS", delivery: "at_most_once" }).success).toBe(false);
});

test("a connection cut before the server's word leaves the outcome unknown", async () => {
  const subject = newSubject();
  const got: string[] = [];
  native.nc.subscribe(subject, { callback: (_, message) => void got.push(message.string()) });
  await native.nc.flush();
  await using proxy = await startFaultProxy(server);
  await using session = await open({ host: proxy.host, port: proxy.port });
  proxy.blackhole("toClient");
  const publishing = session.publish(outgoing("cut"), once(subject), soon());
  await eventually(() => expect(got).toEqual(["cut"]));
  proxy.reset();
  expect(await publishing).toMatchObject([{ status: "unknown", fault: { name: "Fault" } }]);
  // nothing is sent on what is closed
  expect(await session.publish(outgoing("after"), once(subject), soon())).toMatchObject([{ status: "refused" }]);
  expect(got).toEqual(["cut"]);
});

test("a round trip through Redrive changes nothing of a message", async () => {
  const [from, to] = [newSubject(), newSubject()];
  await using session = await open();
  const { batches } = await listening(session, sourceOf(from));
  const target = collect(session, sourceOf(to), 1);
  native.nc.publish(from, Buffer.from([0, 1, 0xff]), { headers: carrying(encodeBlock([text("Z", "last"), text("z", "")])) });
  const [death] = await heard(batches, 1);
  if (death === undefined) throw new Error("nothing was heard");
  await eventually(async () => {
    const [outcome] = await session.publish([{ ...death, attemptId: "one" }], once(to), soon());
    expect(outcome?.status).toBe("confirmed");
  });
  const [again] = (await target).deaths;
  expect(again?.body).toEqual(death.body);
  expect(again?.headers).toEqual([text("Z", "last"), text("z", ""), text("Nats-Msg-Id", "redrive-one")]);
  await batches.return?.();
});
