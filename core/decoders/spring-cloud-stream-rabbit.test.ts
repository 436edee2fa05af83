import { expect, test } from "vitest";
import { text } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import json from "./fixtures/spring-cloud-stream-rabbit.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "spring-cloud-stream-rabbit";
const { captured, expected, strip, targets } = sample(json);

const at = (queue: string, exchange: string, routingKey: string): Captured => ({
  ...captured,
  native: { transport: "amqp-0.9.1", queue, exchange, routingKey, redelivered: false, properties: {} },
});

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  const resend = plan(captured, RULE);
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
  expect([resend.failedQueue, resend.origin]).toEqual(targets);
  expect(resend).toMatchObject({ set: [], body: null, notes: ["fan_out"] });
});

test("an application that limits on retry-count keeps it", () => {
  expect(plan(captured, RULE).strip).not.toContain("retry-count");
});

test("with a prefix and a routing key of its own, the queue follows from the name alone", () => {
  const message = at("shop.orders.billing.dlq", "shop.DLX", "dead");
  expect(decode(message)).toMatchObject({ rule: RULE, origin: { queue: "shop.orders.billing" } });
  expect(plan(message, RULE)).toMatchObject({
    failedQueue: { exchange: "", routingKey: "shop.orders.billing" },
    notes: ["target_guessed", "fan_out"],
  });
});

test("a dead-letter queue that another exchange feeds is Spring AMQP's", () => {
  expect(decode(at("orders.dlq", "OrdersDLX", "error.orders")).rule).toBe("spring-amqp");
  expect(decode(at("error.orders", "errors", "error.orders")).rule).toBe("spring-amqp");
});

test("the group is told only where the queue begins with the destination", () => {
  const headers = [
    ...captured.headers.filter(({ name }) => name !== "x-original-exchange"),
    text("x-original-exchange", "else"),
  ];
  expect(decode({ ...captured, headers }).consumer).toEqual({ queue: "orders.billing" });
});
