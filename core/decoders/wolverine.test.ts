import { expect, test } from "vitest";
import { text, type Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import kafka from "./fixtures/wolverine-kafka-dlq.json" with { type: "json" };
import rabbit from "./fixtures/wolverine-rabbitmq-interop.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";
import { recordSample, utf8, withValues } from "./kafka-fixtures.ts";

const RULE = "wolverine";
const { captured, expected, strip } = sample(rabbit);
const record = recordSample(kafka).captured;

const withHeader = (from: Captured, ...headers: readonly Header[]): Captured => ({
  ...from,
  headers: [...from.headers.filter(({ name }) => headers.every((header) => header.name !== name)), ...headers],
});
const tiered = withHeader(
  withValues(record, "original-destination", utf8("kafka://topic/orders.retry.1h")),
  text("wolverine-kafka-retry-source", "orders"),
  text("wolverine-kafka-retry-tier", "2"),
  text("wolverine-kafka-retry-attempt", "4"),
  text("wolverine-kafka-retry-first-failed", "639090772131230000"),
  text("wolverine-kafka-retry-exception-type", "System.TimeoutException"),
  text("wolverine-kafka-retry-exception-message", "late"),
);

test("the sample of RabbitMQ", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  const resend = plan(captured, RULE);
  expect(resend).toMatchObject({ failedQueue: { kind: "rabbitmq", exchange: "", routingKey: "billing" }, origin: { routingKey: "billing" }, set: [], body: null, notes: [] });
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
});

test("tiered retry topics: the source is the origin, the tries add up, the first failure is in ticks", () => {
  expect(decode(tiered)).toMatchObject({
    rule: RULE,
    origin: { kind: "kafka", topic: "orders" },
    reason: "retries_exhausted",
    attempts: 4,
    firstFailedAt: "2026-03-14T09:26:53.123Z",
    lastFailedAt: "2026-03-14T09:26:53.123Z",
    lastHop: { queue: "orders.retry.1h", reason: "retry" },
    error: { type: "System.InvalidOperationException", message: "card declined" },
  });
  expect(decode(tiered).origin).not.toHaveProperty("offset");
  const { strip: names } = plan(tiered, RULE);
  expect(names).toEqual(expect.arrayContaining(["wolverine-kafka-retry-source", "wolverine-kafka-retry-attempt", "attempts"]));
  expect(decode({ ...tiered, headers: tiered.headers.filter(({ name }) => !names.includes(name)) }).rule).toBe("unknown");
});

test.each(["failed-at", "exception-type", "original-destination"])("without %s the names are anybody's, and stay", (name) => {
  const less = { ...captured, headers: captured.headers.filter((header) => header.name !== name) };
  expect(decode(less)).toMatchObject({ rule: "unknown", origin: null, attempts: null, error: null });
  expect(plan(less, "unknown").strip).toEqual([]);
});

test.each([
  ["billing-broker://queue/billing", "billing"],
  ["rabbitmq://queue/acme%20billing", "acme billing"],
  ["rabbitmq://exchange/billing", null],
  ["rabbitmq://topic/billing", null],
  ["local://durable/", null],
  ["rabbitmq://queue/", null],
  ["rabbitmq://queue/a/b", null],
  ["rabbitmq://queue/%ff", null],
  ["billing", null],
  ["", null],
])("an endpoint %s of RabbitMQ", (uri, queue) => {
  const there = withHeader(captured, text("original-destination", uri));
  expect(decode(there)).toMatchObject({ rule: RULE, origin: queue === null ? null : { queue } });
  expect(plan(there, RULE).failedQueue).toEqual(queue === null ? null : { kind: "rabbitmq", exchange: "", routingKey: queue });
});

test("attempts as a number or as text; another type is left out", () => {
  const attempts = (value: Header["value"]) => decode(withHeader(captured, { name: "attempts", value })).attempts;
  expect(attempts({ t: "int32", v: "3" })).toBe(3);
  expect(attempts({ t: "text", v: "-1" })).toBeNull();
  expect(attempts({ t: "bytes", v: "AAAAAw==" })).toBeNull();
  expect(attempts({ t: "bool", v: true })).toBeNull();
});

test("an empty stack is none, a cut one is shown", () => {
  expect(decode(withHeader(captured, text("exception-stack", ""))).error).toMatchObject({ type: "System.InvalidOperationException", stack: null });
  expect(decode(withHeader(captured, text("exception-stack", "   at A.B()... (truncated)"))).error?.stack).toBe("   at A.B()... (truncated)");
});

test("a dead-letter subject of NATS: back to the subject, which all its consumers read", () => {
  const nats: Captured = {
    body: captured.body,
    headers: [...captured.headers.filter(({ name }) => name !== "original-destination"), text("original-destination", "nats://subject/orders.created"), text("x-dlq-original-subject", "orders.*")],
    native: { transport: "nats", queue: "DEAD", stream: "DEAD", subject: "orders.dead", sequence: "4", time: "2026-03-14T09:26:53.200Z", advisory: null },
  };
  expect(decode(nats)).toMatchObject({ rule: RULE, origin: { kind: "nats", subject: "orders.created" }, attempts: 3, lastFailedAt: "2026-03-14T09:26:53.123Z" });
  const resend = plan(nats, RULE);
  expect(resend).toMatchObject({ failedQueue: { kind: "nats", subject: "orders.created", stream: null }, notes: ["every_subscriber"] });
  expect(resend.strip).toContain("x-dlq-original-subject");
});

test("native mode nacks: RabbitMQ's own x-death is all there is", () => {
  const native = withHeader({ ...captured, headers: [text("message-type", "a.B"), text("attempts", "3")] }, text("x-first-death-queue", "billing"), text("x-first-death-reason", "rejected"));
  expect(decode(native)).toMatchObject({ rule: "rabbitmq-x-death", origin: { queue: "billing" } });
  expect(plan(native, "rabbitmq-x-death").strip).not.toContain("attempts");
});
