import { expect, test } from "vitest";
import { headerText, text, type Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import json from "./fixtures/kicks-maxretry-error.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "kicks";
const { captured, expected, strip } = sample(json);
const info = JSON.parse(headerText(captured.headers, "retry_info") ?? "") as Record<string, unknown>;
const DEATHS = (info["properties"] as { headers: object }).headers;

/** The letter with another text, or other members, in its header. */
const told = (value: string | Record<string, unknown>): Captured => ({ ...captured, headers: [text("retry_info", typeof value === "string" ? value : JSON.stringify({ ...info, ...value }))] });
const properties = (more: Record<string, unknown>, headers: Record<string, unknown> = {}) => told({ properties: { ...more, headers: { ...DEATHS, ...headers } } });

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  const resend = plan(captured, RULE);
  expect(resend).toMatchObject({
    failedQueue: { kind: "rabbitmq", exchange: "", routingKey: "billing" },
    origin: { kind: "rabbitmq", exchange: "sneakers", routingKey: "billing" },
    set: [],
    body: null,
    native: { properties: { contentType: "application/json", deliveryMode: 2 } },
    notes: ["properties_restored", "fan_out"],
  });
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
});

test("properties and headers come back, type for type, but for what the broker wrote and what would refuse or drop them", () => {
  const full = properties(
    { message_id: "m-1", correlation_id: "c-1", type: "charge", app_id: "shop", priority: 5, timestamp: "2026-03-14 09:26:49 UTC", expiration: "1000", user_id: "guest", reply_to: "amq.rabbitmq.reply-to" },
    { tenant: "acme", big: 1, ratio: 1.5, ok: true, none: null, list: ["a", 2], nested: { a: "b" }, "x-delivery-count": 3, retry_info: "old" },
  );
  const resend = plan(full, RULE);
  expect(resend.native).toMatchObject({ properties: { messageId: "m-1", correlationId: "c-1", type: "charge", appId: "shop", priority: 5, timestamp: "1773480409", replyTo: "amq.rabbitmq.reply-to" } });
  expect(Object.keys((resend.native as { properties: object }).properties)).not.toEqual(expect.arrayContaining(["expiration"]));
  expect(Object.keys((resend.native as { properties: object }).properties)).not.toContain("userId");
  expect(resend.set).toEqual<Header[]>([
    text("tenant", "acme"),
    { name: "big", value: { t: "int64", v: "1" } },
    { name: "ratio", value: { t: "float64", v: "3ff8000000000000" } },
    { name: "ok", value: { t: "bool", v: true } },
    { name: "none", value: { t: "void" } },
    { name: "list", value: { t: "array", v: [{ t: "text", v: "a" }, { t: "int64", v: "2" }] } },
    { name: "nested", value: { t: "table", v: [text("a", "b")] } },
  ]);
  expect(resend.notes).toContain("reply_to_gone");
  expect(decode(full)).toMatchObject({ originalMessageId: "m-1", correlationId: "c-1", originalTimestamp: "2026-03-14T09:26:49.000Z" });
});

test("an operator's own header is not overwritten by what is restored", () => {
  const edited = { ...properties({}, { tenant: "acme" }), headers: [...properties({}, { tenant: "acme" }).headers, text("tenant", "other")] };
  expect(plan(edited, RULE).set).toEqual([]);
});

test("a number beyond what a field holds is kept as a double, digits below to the last one", () => {
  const raw = told(JSON.stringify({ ...info, properties: null }).replace('"properties":null', '"properties":{"headers":{"id":9007199254740993,"huge":99999999999999999999}}'));
  expect(plan(raw, RULE).set).toEqual([
    { name: "id", value: { t: "int64", v: "9007199254740993" } },
    { name: "huge", value: { t: "float64", v: "4415af1d78b58c40" } },
  ]);
});

test("failed before: a list, newest first; an older version listed the pairs of a hash", () => {
  const older = { ...info, num_attempts: 6, error_class: "Old", failed_at: "2026-03-13T09:26:53+00:00" };
  for (const list of [[{ ...info, num_attempts: 9 }, older], [{ ...info, num_attempts: 9 }, ["error", "x"], ["num_attempts", 6]]])
    expect(decode(told(JSON.stringify(list)))).toMatchObject({ rule: RULE, attempts: 9, error: { type: "RuntimeError" }, lastFailedAt: "2026-03-14T09:26:53.000Z" });
});

test("a worker's verdict is no error", () => {
  const verdict = JSON.parse(JSON.stringify({ ...info, error: "reject" })) as Record<string, unknown>;
  for (const name of ["error_class", "error_message", "backtrace"]) delete verdict[name];
  expect(decode(told(JSON.stringify(verdict)))).toMatchObject({ error: null, reasonRaw: "reject", reason: "retries_exhausted", attempts: 6 });
  expect(decode(told(JSON.stringify({ ...verdict, error: "card declined" })))).toMatchObject({ error: { type: null, message: "card declined", stack: null }, reasonRaw: null });
});

test("a backtrace in one text, as until 2018, and none", () => {
  expect(decode(told({ backtrace: "/a.rb:1, /b.rb:2" })).error?.stack).toBe("/a.rb:1, /b.rb:2");
  expect(decode(told({ backtrace: [] })).error?.stack).toBeNull();
  expect(decode(told({ backtrace: null })).error?.stack).toBeNull();
});

test("never retried: the queue follows from the name of the one it lies in, and the operator is told", () => {
  const first = told({ properties: { headers: {} } });
  expect(decode(first)).toMatchObject({ consumer: { queue: "billing" }, origin: { queue: "billing", routingKey: "billing" } });
  expect(plan(first, RULE)).toMatchObject({ failedQueue: { routingKey: "billing" }, origin: null, notes: ["target_guessed"] });
  const elsewhere = { ...first, native: { ...first.native, queue: "parked" } };
  expect(decode(elsewhere)).toMatchObject({ rule: RULE, consumer: {} });
  expect(plan(elsewhere, RULE)).toMatchObject({ failedQueue: null, origin: null, notes: [] });
});

test.each(["", "[]", "{}", "7", '"x"', "[[", '{"num_attempts":"6"}', '{"num_attempts":6.5}', '[["num_attempts",6]]', '{"error":"x"}'])("a header with %s is an application's own", (value) => {
  expect(decode(told(value))).toMatchObject({ rule: "unknown", attempts: null });
  expect(plan(told(value), "unknown").strip).toEqual([]);
});

test("a time or an error of another type is left out", () => {
  expect(decode(told({ failed_at: 1_773_480_413, error_class: 7, error_message: ["x"], error: 3, backtrace: 5 }))).toMatchObject({ rule: RULE, lastFailedAt: null, error: null, reasonRaw: null });
});

const ENVELOPE = { error: "card declined", num_attempts: 6, failed_at: "2017-03-14T09:26:53+00:00", payload: `${btoa('{"orderId":"ord_9f2c","id":9007199254740993}').slice(0, 30)}\n${btoa('{"orderId":"ord_9f2c","id":9007199254740993}').slice(30)}\n`, error_class: "RuntimeError", error_message: "card declined", backtrace: "/a.rb:1" };
const envelope = (more: Record<string, unknown> = {}): Captured => ({ ...captured, headers: [], body: new TextEncoder().encode(JSON.stringify({ ...ENVELOPE, ...more })) });

test("until Sneakers 2.8 the letter is an envelope: its payload is what goes back, to the last digit", () => {
  const wrapped = envelope({ properties: btoa(JSON.stringify({ content_type: "application/json", headers: { ...DEATHS, tenant: "acme" } })) });
  expect(decode(wrapped)).toMatchObject({ rule: RULE, attempts: 6, error: { type: "RuntimeError", stack: "/a.rb:1" }, lastFailedAt: "2017-03-14T09:26:53.000Z", origin: { queue: "billing", exchange: "sneakers" } });
  const resend = plan(wrapped, RULE);
  expect(new TextDecoder().decode(resend.body ?? new Uint8Array())).toBe('{"orderId":"ord_9f2c","id":9007199254740993}');
  expect(resend).toMatchObject({ set: [text("tenant", "acme")], native: { properties: { contentType: "application/json" } }, notes: ["properties_restored", "body_restored", "fan_out"] });
});

test("properties that were not written as JSON are left out", () => {
  for (const odd of ["#<Bunny::MessageProperties>", btoa("#<Bunny>"), 7, null]) expect(plan(envelope({ properties: odd }), RULE)).toMatchObject({ set: [], notes: ["target_guessed", "body_restored"] });
});

test("a body that only resembles an envelope is a body", () => {
  for (const odd of [{ payload: 7 }, { payload: "not base64!" }, { failed_at: null }, { num_attempts: "6" }]) expect(decode(envelope(odd))).toMatchObject({ rule: "unknown", attempts: null });
});
