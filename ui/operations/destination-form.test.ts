import { expect, test } from "vitest";
import { destinationOf, FAILED_QUEUE, targetOf } from "./destination-form.ts";

const typed = (kind: Parameters<typeof targetOf>[0]["kind"], fields: Parameters<typeof targetOf>[0]["fields"]) => targetOf({ to: "target", kind, fields });

test("a target needs what names it, and leaves out what is not typed", () => {
  expect(typed("rabbitmq", {})).toBeNull();
  expect(typed("rabbitmq", { routingKey: "orders" })).toEqual({ kind: "rabbitmq", exchange: "", routingKey: "orders" });
  expect(typed("kafka", { topic: "orders" })).toEqual({ kind: "kafka", topic: "orders", partition: null });
  expect(typed("kafka", { topic: "orders", partition: "3" })).toEqual({ kind: "kafka", topic: "orders", partition: 3 });
  expect(typed("kafka", { topic: "orders", partition: "three" })).toBeNull();
  expect(typed("kafka", { partition: "3" })).toBeNull();
  expect(typed("redis-list", { key: "orders" })).toEqual({ kind: "redis-list", key: "orders", end: "left" });
  expect(typed("nats", { subject: "orders.new" })).toEqual({ kind: "nats", subject: "orders.new", stream: null });
  expect(typed("nats", { subject: "orders.new", delivery: "stored" })).toEqual({ kind: "nats", subject: "orders.new", stream: null });
  expect(typed("nats", { subject: "orders.new", delivery: "at_most_once" })).toEqual({ kind: "nats", subject: "orders.new", stream: null, delivery: "at_most_once" });
  expect(typed("nats", { subject: "orders.new", stream: "ORDERS", delivery: "at_most_once" })).toBeNull();
  expect(typed("nats", { subject: "orders.*" })).toBeNull();
  expect(typed("pgboss", { queue: "orders" })).toEqual({ kind: "pgboss", queue: "orders" });
});

test("where it failed needs no target", () => {
  expect(destinationOf(FAILED_QUEUE)).toEqual({ to: "failed_queue" });
  expect(destinationOf({ to: "target", kind: "pulsar", fields: { topic: "no full name" } })).toBeNull();
});
