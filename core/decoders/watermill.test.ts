import { expect, test } from "vitest";
import { text } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import kafka from "./fixtures/watermill-kafka-poison.json" with { type: "json" };
import { decode, plan } from "./index.ts";
import { recordHeader, recordSample, utf8, withValues } from "./kafka-fixtures.ts";

const RULE = "watermill";
const { captured } = recordSample(kafka);
const amqp: Captured["native"] = { transport: "amqp-0.9.1", queue: "poison", exchange: "", routingKey: "poison", redelivered: false, properties: {} };
const nats: Captured["native"] = { transport: "nats", queue: "POISON", stream: "POISON", subject: "poison", sequence: "9", time: "2026-03-14T09:27:58.123Z", advisory: null };

test("in NATS a topic is a subject unless configured otherwise, and the stream's time is that of the failure", () => {
  const poisoned = { ...captured, native: nats };
  expect(decode(poisoned)).toMatchObject({ rule: RULE, origin: { kind: "nats", subject: "orders" }, originalMessageId: "b6f1f5a0-8d1a-4f43-9f0d-3a0b3a9c6a77", lastFailedAt: "2026-03-14T09:27:58.123Z" });
  expect(plan(poisoned, RULE)).toMatchObject({ failedQueue: { kind: "nats", subject: "orders", stream: null }, notes: ["every_subscriber", "target_guessed"] });
});

test("in RabbitMQ a topic is a queue or an exchange, which is not told: the operator says where", () => {
  const poisoned = { ...captured, native: amqp };
  expect(decode(poisoned)).toMatchObject({ rule: RULE, origin: { kind: "rabbitmq", receiver: "orders" }, lastFailedAt: null, error: { message: "charge: card declined" } });
  expect(decode(poisoned).origin).toEqual({ kind: "rabbitmq", receiver: "orders" });
  expect(plan(poisoned, RULE)).toMatchObject({ failedQueue: null, origin: null, notes: [] });
});

test("delays are stripped, the id and what an application may count by stay", () => {
  const delayed = { ...captured, headers: [...captured.headers, text("_watermill_delayed_until", "2026-03-14T09:30:00Z"), text("_watermill_delayed_for", "5m0s"), text("_watermill_requeuer_retries", "2")] };
  expect(plan(delayed, RULE).strip.toSorted()).toEqual(["_watermill_delayed_for", "_watermill_delayed_until", "handler_poisoned", "reason_poisoned", "subscriber_poisoned", "topic_poisoned"]);
});

test.each(["reason_poisoned", "topic_poisoned"])("without %s it is no letter of Watermill's", (name) => {
  expect(decode(withValues(captured, name))).toMatchObject({ rule: "unknown", origin: null, error: null });
});

test("handler and subscriber may be missing or empty; a reason of any bytes is shown", () => {
  const bare = withValues(withValues(captured, "handler_poisoned"), "subscriber_poisoned", utf8(""));
  expect(decode(bare)).toMatchObject({ rule: RULE, consumer: {} });
  const odd = { ...captured, native: amqp, headers: [...captured.headers.filter(({ name }) => name !== "reason_poisoned"), { name: "reason_poisoned", value: { t: "rawtext" as const, v: btoa("caf\u00c3") } }] };
  expect(decode(odd).error?.message).toBe("caf\uFFFD");
});

test("a message poisoned before and poisoned again names one topic: metadata is a map", () => {
  expect(decode(withValues(captured, "topic_poisoned", utf8("orders"))).origin).toEqual({ kind: "kafka", topic: "orders" });
  expect(decode({ ...captured, headers: [...captured.headers, recordHeader("topic_poisoned", utf8("later"))] }).origin).toEqual({ kind: "kafka", topic: "orders" });
});
