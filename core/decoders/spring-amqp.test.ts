import { expect, test } from "vitest";
import { text, type Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import republish from "./fixtures/spring-amqp-republish.json" with { type: "json" };
import loop from "./fixtures/rabbitmq-xdeath-expired-loop.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "spring-amqp";
const { captured, expected, strip, targets } = sample(republish);

const withHeaders = (...headers: Header[]): Captured => ({
  ...captured,
  headers: [...captured.headers.filter(({ name }) => !headers.some((header) => header.name === name)), ...headers],
});

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  expect(form.errorOuter).toEqual({
    type: "org.springframework.amqp.rabbit.support.ListenerExecutionFailedException",
    message: "Listener threw exception",
    stack: null,
  });
  const resend = plan(captured, RULE);
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
  expect(resend.origin).toEqual(targets[0]);
  expect(resend).toMatchObject({ failedQueue: null, set: [], body: null, notes: ["fan_out"] });
});

test("received through the default exchange, the routing key is the queue", () => {
  const message = withHeaders(text("x-original-exchange", ""), text("x-original-routingKey", "orders.billing"));
  expect(plan(message, RULE)).toMatchObject({
    failedQueue: { exchange: "", routingKey: "orders.billing" },
    notes: [],
  });
  expect(decode(message)).toMatchObject({ consumer: { queue: "orders.billing" } });
});

test("an x-death from a retry loop names the queue, as a guess, and the first failure", () => {
  const message = withHeaders(...sample(loop).captured.headers);
  expect(decode(message)).toMatchObject({
    rule: RULE,
    origin: { exchange: "orders", queue: "orders.billing" },
    firstFailedAt: "2026-03-14T09:26:53.000Z",
    attempts: null,
  });
  expect(plan(message, RULE)).toMatchObject({
    failedQueue: { exchange: "", routingKey: "orders.billing" },
    notes: ["target_guessed", "fan_out"],
  });
});

test("without a stack trace the type is unknown, not guessed from the message", () => {
  const headers = captured.headers.filter(({ name }) => name !== "x-exception-stacktrace");
  expect(decode({ ...captured, headers })).toMatchObject({
    error: { type: null, message: "card declined", stack: null },
    errorOuter: null,
  });
});

test("the last of several causes is the root, and a stack without causes has no wrapper", () => {
  const causes =
    "a.Outer: one\n\tat a.B.c(B.java:1)\nCaused by: a.Middle: two\nCaused by: a.Root\n\tat a.B.d(B.java:2)\n";
  expect(decode(withHeaders(text("x-exception-stacktrace", causes)))).toMatchObject({
    error: { type: "a.Root", message: "card declined" },
    errorOuter: { type: "a.Outer", message: "one" },
  });
  expect(decode(withHeaders(text("x-exception-stacktrace", "a.Only: one\n\tat a.B.c(B.java:1)\n")))).toMatchObject({
    error: { type: "a.Only" },
    errorOuter: null,
  });
});

test("retry-count is told and stripped", () => {
  const message = withHeaders({ name: "retry-count", value: { t: "int64", v: "2" } });
  expect(decode(message).redriveCount).toBe(2);
  expect(plan(message, RULE).strip).toContain("retry-count");
});

test("a stack trace cut within a character is still shown", () => {
  const cut = Uint8Array.of(0x61, 0x2e, 0x42, 0x3a, 0x20, 0xc3);
  const stack: Header = {
    name: "x-exception-stacktrace",
    value: { t: "rawtext", v: btoa(String.fromCharCode(...cut)) },
  };
  expect(decode(withHeaders(stack)).error).toMatchObject({ type: "a.B", stack: "a.B: \uFFFD" });
});
