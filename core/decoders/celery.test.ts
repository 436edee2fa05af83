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
