import { expect, test } from "vitest";
import { text, type TypedValue } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import json from "./fixtures/celery-reject-dlx.json" with { type: "json" };
import maxlen from "./fixtures/rabbitmq-xdeath-maxlen.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "celery";
const { captured, expected, strip, targets } = sample(json);

const withHeader = (name: string, value: TypedValue): Captured => ({
  ...captured,
  headers: [...captured.headers.filter((header) => header.name !== name), { name, value }],
});
const isBroker = ({ name }: { name: string }) => name.startsWith("x-");

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  const resend = plan(captured, RULE);
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
  expect(resend.origin).toEqual(targets[0]);
  expect(resend).toMatchObject({
    failedQueue: { kind: "rabbitmq", exchange: "", routingKey: "billing" },
    set: [{ name: "retries", value: { t: "int32", v: "0" } }],
    body: null,
    notes: ["header_retry_counter_reset", "fan_out"],
  });
});

test("the counter is set back in its own integer type, and left alone when it is none", () => {
  expect(plan(withHeader("retries", { t: "int64", v: "7" }), RULE).set).toEqual([
    { name: "retries", value: { t: "int64", v: "0" } },
  ]);
  expect(plan(withHeader("retries", { t: "int8", v: "0" }), RULE)).toMatchObject({ set: [], notes: ["fan_out"] });
  expect(plan(withHeader("retries", { t: "text", v: "3" }), RULE).set).toEqual([]);
});

test("a task that expires says so", () => {
  const expires = text("expires", "2026-03-14T09:30:00+00:00");
  expect(plan(withHeader("expires", expires.value), RULE).notes).toContain("may_be_expired");
});

test("a task pushed out of its queue was not run again", () => {
  const headers = [...captured.headers.filter((header) => !isBroker(header)), ...sample(maxlen).captured.headers];
  expect(decode({ ...captured, headers })).toMatchObject({ rule: RULE, reason: "maxlen", attempts: 3 });
});

test("without a death of the broker, nothing is said about one", () => {
  const headers = captured.headers.filter((header) => !isBroker(header));
  expect(decode({ ...captured, headers })).toMatchObject({
    rule: RULE,
    reason: "unknown",
    attempts: null,
    origin: null,
    consumer: { handler: "billing.tasks.charge" },
  });
});

const V1 = '{"task": "app.charge", "id": "5f9f6a0e", "args": [9007199254740993], "kwargs": {"retries": 7}, "retries": 3, "eta": null, "expires": null, "utc": true}';
const protocol1 = (body: string) => ({
  ...captured,
  headers: captured.headers.filter(({ name }) => name.startsWith("x-")),
  body: new TextEncoder().encode(body),
});

test("protocol 1 keeps the task in the body, and its own counter alone is reset there", () => {
  expect(decode(protocol1(V1))).toMatchObject({ rule: RULE, originalMessageId: "5f9f6a0e", attempts: 4, consumer: { handler: "app.charge" } });
  const resend = plan(protocol1(V1), RULE);
  expect(new TextDecoder().decode(resend.body ?? new Uint8Array())).toBe(V1.replace('"retries": 3', '"retries": 0'));
  expect(resend).toMatchObject({ set: [], notes: expect.arrayContaining(["body_retry_counter_reset"]) });
});

test("protocol 1 at its first try, and with an expiry", () => {
  const first = protocol1(V1.replace('"retries": 3', '"retries": 0').replace('"expires": null', '"expires": "2026-03-14T09:26:53+00:00"'));
  expect(decode(first).attempts).toBe(1);
  expect(plan(first, RULE)).toMatchObject({ body: null, notes: expect.arrayContaining(["may_be_expired"]) });
});

test.each(['{"task":7,"id":"1","args":[],"kwargs":{},"retries":0}', '{"task":"a","id":"1","args":[],"kwargs":{"retries":1}}', "task id args kwargs retries"])("a body %s is no task", (body) => {
  expect(decode(protocol1(body)).rule).toBe("rabbitmq-x-death");
});

test.each(["-1", "1.5", '"3"', "null"])("a counter of %s in protocol 1 is left out", (retries) => {
  expect(decode(protocol1(V1.replace('"retries": 3', `"retries": ${retries}`)))).toMatchObject({ rule: RULE, attempts: null });
});
