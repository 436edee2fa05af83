import { expect, test } from "vitest";
import { text, type Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import daprSample from "./fixtures/dapr-dead-letter-topic.json" with { type: "json" };
import knativeSample from "./fixtures/knative-dead-letter-sink.json" with { type: "json" };
import { decode, plan } from "./index.ts";
import { recordSample, utf8, withValues, type Recorded } from "./kafka-fixtures.ts";

const knative = recordSample(knativeSample).captured;
const dapr = recordSample(daprSample).captured;
const URL = "http://billing.default.svc.cluster.local";

const amqp: Extract<Captured["native"], { transport: "amqp-0.9.1" }> = { transport: "amqp-0.9.1", queue: "dead", exchange: "dead", routingKey: "", redelivered: false, properties: {} };
const nats: Captured["native"] = { transport: "nats", queue: "DEAD", stream: "DEAD", subject: "dead", sequence: "1", time: null, advisory: null };
const spelled = (change: (name: string) => string, native: Captured["native"]): Captured => ({ ...knative, native, headers: knative.headers.map((header) => ({ ...header, name: change(header.name) })) });

test.each<[string, Captured]>([
  ["ce- of NATS", spelled((name) => name.replace("ce_", "ce-"), nats)],
  ["Ce- of a proxy", spelled((name) => name.replace("ce_", "Ce-"), nats)],
  ["cloudEvents_ of AMQP", spelled((name) => name.replace("ce_", "cloudEvents_"), amqp)],
  ["cloudEvents: of AMQP", spelled((name) => name.replace("ce_", "cloudEvents:"), amqp)],
  ["bare names of Knative's RabbitMQ broker", spelled((name) => name.replace("ce_", ""), amqp)],
])("attributes under %s", (_binding, captured) => {
  expect(decode(captured)).toMatchObject({
    rule: "knative",
    origin: { receiver: URL },
    originalMessageId: "evt-1001",
    reason: "handler_error",
    reasonRaw: "500",
    error: { type: "HTTP 500", message: '{"error":"card declined"}', stack: null },
    consumer: { url: URL },
    originalTimestamp: "2026-03-14T09:26:49.123Z",
  });
  const { strip, ...resend } = plan(captured, "knative");
  expect(resend).toMatchObject({ failedQueue: null, origin: null, body: null });
  expect(strip.toSorted()).toEqual(captured.headers.map(({ name }) => name).filter((name) => /knativeerror/i.test(name)).toSorted());
  expect(decode({ ...captured, headers: captured.headers.filter(({ name }) => !strip.includes(name)) }).rule).toBe("unknown");
});

const answer = (data: string) => decode(withValues(knative, "ce_knativeerrordata", utf8(data))).error?.message;

test("an answer is base64 cut at a number of characters, and broken characters at its end are left away", () => {
  const long = btoa(String.fromCharCode(...utf8("é".repeat(600)))).slice(0, 1023);
  expect(answer(long)).toBe("é".repeat(383));
  expect(answer("eyJlcnJvciI6ImNhcmQgZGVjbGluZWQifQ")).toBe('{"error":"card declined"}');
});

test("an answer of an older version is text, and one of bytes is shown as it is", () => {
  expect(answer("card declined, sorry!")).toBe("card declined, sorry!");
  expect(answer("//79/P8=")).toBe("//79/P8=");
  expect(answer("AAAA")).toBe("AAAA");
  expect(answer("oops")).toBe("oops");
  expect(answer("")).toBeNull();
});

test("a code that is no status is told, and is no type", () => {
  expect(decode(withValues(knative, "ce_knativeerrorcode", utf8("-1")))).toMatchObject({ reasonRaw: "-1", error: { type: null } });
  const lone = withValues(withValues(knative, "ce_knativeerrorcode"), "ce_knativeerrordata");
  expect(decode(lone)).toMatchObject({ rule: "knative", reasonRaw: null, error: null, consumer: { url: URL } });
  const counted: Header = { name: "ce-knativeerrorcode", value: { t: "int32", v: "503" } };
  expect(decode({ ...lone, native: amqp, headers: [...lone.headers, counted] })).toMatchObject({ reasonRaw: "503", error: { type: "HTTP 503" } });
});

const STRUCTURED = `{"specversion":"1.0", "id":"evt-1", "source":"/shop","type":"t","knativeerrordest":"${URL}" , "knativeerrorcode":"404","big":12345678901234567890,"data":{"a":1}}`;
const structured = (body: string, type = "application/cloudevents+json; charset=utf-8"): Recorded => ({ ...knative, body: utf8(body), headers: [text("content-type", type)] });

test("an event in the structured mode goes back without what the sink wrote, every other byte as it was", () => {
  const captured = structured(STRUCTURED);
  expect(decode(captured)).toMatchObject({ rule: "knative", originalMessageId: "evt-1", error: { type: "HTTP 404", message: null }, consumer: { url: URL } });
  const resend = plan(captured, "knative");
  expect(new TextDecoder().decode(resend.body ?? new Uint8Array())).toBe('{"specversion":"1.0", "id":"evt-1", "source":"/shop","type":"t","big":12345678901234567890,"data":{"a":1}}');
  expect(resend).toMatchObject({ strip: [], notes: ["body_death_removed"] });
  expect(decode({ ...captured, body: resend.body ?? captured.body }).rule).toBe("unknown");
});

test("data that only looks like an event is left alone", () => {
  expect(decode(structured(STRUCTURED, "application/json")).rule).toBe("unknown");
  expect(decode(structured(STRUCTURED.slice(1))).rule).toBe("unknown");
  expect(decode(structured(`[${STRUCTURED}]`)).rule).toBe("unknown");
  expect(plan(structured(STRUCTURED, "application/json"), "unknown").body).toBeNull();
});

test("Dapr's topic: a topic of Kafka, an exchange of RabbitMQ, a subject of NATS", () => {
  expect(decode(dapr).origin).toEqual({ kind: "kafka", topic: "orders" });
  expect(decode({ ...dapr, native: amqp })).toMatchObject({ rule: "dapr", origin: { kind: "rabbitmq", exchange: "orders" }, originalMessageId: "5f9f6a0e-3a1b-4f0e-9d41-7a1f6b2c3d4e" });
  expect(plan({ ...dapr, native: amqp }, "dapr")).toMatchObject({ failedQueue: null, origin: { kind: "rabbitmq", exchange: "orders", routingKey: "" }, notes: ["fan_out"] });
  expect(decode({ ...dapr, native: nats }).origin).toEqual({ kind: "nats", subject: "orders" });
  expect(plan({ ...dapr, native: nats }, "dapr")).toMatchObject({ failedQueue: { kind: "nats", subject: "orders", stream: null }, notes: ["every_subscriber"] });
});

test("Dapr with the broker's own dead-lettering is RabbitMQ's letter", () => {
  const nacked = { ...dapr, native: amqp, headers: [text("x-first-death-queue", "billing-orders"), text("x-first-death-reason", "rejected")] };
  expect(decode(nacked)).toMatchObject({ rule: "rabbitmq-x-death", origin: { queue: "billing-orders" } });
});

test("an event of Dapr in its own topic, a raw payload and an event of others tell of no letter", () => {
  expect(decode({ ...dapr, native: { ...dapr.native, queue: "orders" } })).toMatchObject({ rule: "unknown", origin: null });
  for (const body of ['{"orderId":"1"}', '{"specversion":"1.0","id":"1","topic":"orders"}', '{"specversion":"1.0","id":"1","topic":7,"pubsubname":"p"}', "{"])
    expect(decode({ ...dapr, body: utf8(body) })).toMatchObject({ rule: "unknown", origin: null });
});

test("an envelope of Dapr without time or trace tells none", () => {
  const bare = { ...dapr, body: utf8('{"specversion":"1.0","id":"1","topic":"orders","pubsubname":"p"}') };
  expect(decode(bare)).toMatchObject({ rule: "dapr", originalTimestamp: null, traceId: null, lastFailedAt: null, reason: "unknown" });
  const old = { ...dapr, body: utf8('{"specversion":"1.0","id":"1","topic":"orders","pubsubname":"p","traceid":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}') };
  expect(decode(old).traceId).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
});
