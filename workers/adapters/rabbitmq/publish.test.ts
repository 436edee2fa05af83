import { afterAll, beforeAll, expect, test } from "vitest";
import type { PublishOutcome, Session } from "#core/brokers/adapter.ts";
import type { Header } from "#core/message/header.ts";
import type { AmqpProperties, Outgoing } from "#core/message/raw.ts";
import { numbered, texts } from "#test/adapter-contract-capture.ts";
import { accessTo, makePlace, openNative, runsRabbit, type RabbitManifest } from "#test/brokers/rabbitmq-harness.ts";
import { startFaultProxy } from "#test/fault-proxy.ts";
import { stamped } from "#core/lineage.ts";
import type { ChannelModel } from "./client.ts";
import { connectRabbit } from "./connect.ts";

let model: ChannelModel;
let session: Session<RabbitManifest>;
const open = (access = accessTo(runsRabbit())): Promise<Session<RabbitManifest>> =>
  connectRabbit({ name: "publish.test", ...access, signal: AbortSignal.timeout(10_000) });
const soon = (): AbortSignal => AbortSignal.timeout(20_000);

beforeAll(async () => {
  model = await openNative(runsRabbit());
  session = await open();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await model.close();
});

type Shape = { body?: Uint8Array; headers?: readonly Header[]; properties?: AmqpProperties };
const message = ({ body = Buffer.from("body"), headers = [], properties = { deliveryMode: 2 } }: Shape = {}): Outgoing => ({
  attemptId: crypto.randomUUID(),
  body,
  headers,
  native: { transport: "amqp-0.9.1", queue: "q", exchange: "", routingKey: "q", redelivered: false, properties },
});
const stamp = (): Header[] => stamped([], { messageId: crypto.randomUUID(), count: 1, origin: "test" });
const brief = (outcomes: readonly PublishOutcome[]): string[] =>
  outcomes.map((outcome) => (outcome.status === "confirmed" ? "confirmed" : `${outcome.status} ${outcome.fault.code}`));
const to = (exchange: string, routingKey: string) => ({ kind: "rabbitmq", exchange, routingKey }) as const;

test("a missing exchange refuses all, and the next publish works", async () => {
  const outcomes = await session.publish(Array.from({ length: 5 }, () => message()), to(`missing.${crypto.randomUUID()}`, "k"), soon());
  expect(brief(outcomes)).toEqual(Array.from({ length: 5 }, () => "refused not_found"));
  const place = await makePlace(model, "classic");
  expect(brief(await session.publish([message()], place.target, soon()))).toEqual(["confirmed"]);
});

test("an exchange that vanishes leaves nothing called confirmed that is not there", async () => {
  const exchange = `vanishing.${crypto.randomUUID()}`;
  const place = await makePlace(model, "classic");
  const channel = await model.createChannel();
  await channel.assertExchange(exchange, "fanout");
  await channel.bindQueue(place.queue, exchange, "");
  expect(brief(await session.publish([message()], to(exchange, ""), soon()))).toEqual(["confirmed"]);
  await channel.deleteExchange(exchange);
  const outcomes = brief(await session.publish([1, 2, 3].map(() => message({ headers: stamp() })), to(exchange, ""), soon()));
  expect(outcomes).not.toContain("confirmed");
  expect(outcomes.at(-1)).toBe("refused not_found");
  expect(await place.drain()).toHaveLength(1);
});

test("a queue that is full refuses; behind an exchange with others it is not known who has it", async () => {
  const full = await makePlace(model, "classic", { "x-max-length": 1, "x-overflow": "reject-publish" });
  const roomy = await makePlace(model, "classic");
  const exchange = `both.${crypto.randomUUID()}`;
  const channel = await model.createChannel();
  await channel.assertExchange(exchange, "fanout");
  await Promise.all([full, roomy].map(({ queue }) => channel.bindQueue(queue, exchange, "")));
  expect(brief(await session.publish([message(), message()], full.target, soon()))).toEqual(["confirmed", "refused nacked"]);
  expect(brief(await session.publish([message()], to(exchange, ""), soon()))).toEqual(["unknown nacked"]);
  expect(await roomy.drain()).toHaveLength(1);
});

test("messages without a binding are refused one by one, stamped or alike", async () => {
  const nowhere = to("amq.topic", `nowhere.${crypto.randomUUID()}`);
  const messages = [message(), message(), message({ headers: stamp() }), message({ headers: stamp() })];
  const outcomes = await session.publish(messages, nowhere, soon());
  expect(brief(outcomes)).toEqual(Array.from({ length: 4 }, () => "refused unroutable"));
});

test("without stamps, of many under way at once exactly those without a binding are refused", async () => {
  const place = await makePlace(model, "classic");
  const exchange = `by-header.${crypto.randomUUID()}`;
  const channel = await model.createChannel();
  await channel.assertExchange(exchange, "headers", { autoDelete: true });
  await channel.bindQueue(place.queue, exchange, "", { "x-match": "all", go: "yes" });
  const messages = Array.from({ length: 60 }, (_, i) => message({ body: Buffer.from(`${i}`), headers: i % 3 === 0 ? [] : [{ name: "go", value: { t: "text", v: "yes" } }] }));
  const outcomes = await session.publish(messages, to(exchange, ""), soon());
  expect(brief(outcomes)).toEqual(messages.map((_, i) => (i % 3 === 0 ? "refused unroutable" : "confirmed")));
  expect(texts(await place.drain())).toEqual(texts(messages.filter((_, i) => i % 3 !== 0)));
});

test("what can not be sent is refused alone", async () => {
  const place = await makePlace(model, "classic");
  const outcomes = await session.publish(
    [
      message({ body: Buffer.from("a") }),
      message({ headers: [{ name: "huge", value: { t: "text", v: "x".repeat(140_000) } }] }),
      message({ headers: [{ name: "CC", value: { t: "text", v: "not a list" } }] }),
      message({ headers: [{ name: "n", value: { t: "int8", v: "1000" } }] }),
      message({ body: Buffer.from("b"), headers: [{ name: "large", value: { t: "text", v: "x".repeat(120_000) } }] }),
    ],
    place.target,
    soon(),
  );
  expect(brief(outcomes)).toEqual(["confirmed", "refused too_large", "refused invalid", "refused invalid", "confirmed"]);
  expect(texts(await place.drain())).toEqual(["a", "b"]);
});

test("the expiration and a foreign user id are dropped, our own is kept", async () => {
  const place = await makePlace(model, "classic");
  const foreign = message({ properties: { expiration: "1", userId: "somebody", messageId: "a" } });
  const own = message({ properties: { expiration: "1", userId: runsRabbit().username, messageId: "b" } });
  expect(brief(await session.publish([foreign, own], place.target, soon()))).toEqual(["confirmed", "confirmed"]);
  const got = (await place.drain()).map((fetched) => ("properties" in fetched ? fetched.properties : {}));
  expect(got).toEqual([{ messageId: "a" }, { messageId: "b", userId: runsRabbit().username }]);
});

test("a confirm that never comes is unknown when the caller's time is over, and nothing unsent is", async () => {
  const place = await makePlace(model, "classic");
  const { settings, secrets } = accessTo(runsRabbit());
  await using proxy = await startFaultProxy(settings);
  const through = await open({ settings: { ...settings, host: proxy.host, port: proxy.port }, secrets });
  await through.publish([message()], place.target, soon());
  proxy.blackhole("toClient");
  const outcomes = await through.publish([message(), message()], place.target, AbortSignal.timeout(300));
  // They are alike, so the second waits for the first's verdict and is never sent.
  expect(brief(outcomes)).toEqual(["unknown timeout", "refused timeout"]);
  proxy.reset();
  expect(await place.drain()).toHaveLength(2);
});

test.each([2_000, 4_000, 9_000, 30_000, 60_000])("a bulk cut after %i bytes tells the truth about each message", async (bytes) => {
  const place = await makePlace(model, "classic");
  const { settings, secrets } = accessTo(runsRabbit());
  await using proxy = await startFaultProxy(settings);
  const through = await open({ settings: { ...settings, host: proxy.host, port: proxy.port }, secrets });
  const messages = numbered(400).map(({ body }) => message({ body, headers: stamp() }));
  proxy.cutAfter(bytes, "toServer");
  const outcomes = await through.publish(messages, place.target, soon());
  await expect(through.lost).rejects.toMatchObject({ name: "Fault" });
  const there = new Set(texts(await place.drain()));
  expect(outcomes).toHaveLength(400);
  for (const [index, outcome] of outcomes.entries()) {
    const [text = ""] = texts([messages[index] as Outgoing]);
    if (outcome.status === "confirmed") expect(there).toContain(text);
    if (outcome.status === "refused") expect(there).not.toContain(text);
  }
  expect(brief(outcomes)).toContain("unknown unreachable");
});

test("a publish on a session that is lost was not sent", async () => {
  const place = await makePlace(model, "classic");
  const gone = await open();
  await gone[Symbol.asyncDispose]();
  expect(brief(await gone.publish([message(), message()], place.target, soon()))).toEqual(["refused unreachable", "refused unreachable"]);
});

test("messages without stamps go together when their bodies differ", async () => {
  const place = await makePlace(model, "classic");
  const { settings, secrets } = accessTo(runsRabbit());
  await using proxy = await startFaultProxy(settings);
  const through = await open({ settings: { ...settings, host: proxy.host, port: proxy.port }, secrets });
  await through.publish([message()], place.target, soon());
  proxy.blackhole("toClient");
  const outcomes = await through.publish(numbered(3).map(({ body }) => message({ body })), place.target, AbortSignal.timeout(300));
  expect(brief(outcomes)).toEqual(["unknown timeout", "unknown timeout", "unknown timeout"]);
  proxy.reset();
  expect(await place.drain()).toHaveLength(4);
});

test("disposal waits for what is under way", async () => {
  const place = await makePlace(model, "classic");
  const closing = await open();
  const publishing = closing.publish(numbered(500).map(({ body }) => message({ body, headers: stamp() })), place.target, soon());
  await closing[Symbol.asyncDispose]();
  expect(brief(await publishing).filter((outcome) => outcome !== "confirmed")).toEqual([]);
});

