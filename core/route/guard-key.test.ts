import { expect, test } from "vitest";
import { text } from "../message/header.ts";
import type { KafkaNative } from "../message/native.ts";
import type { Native } from "../message/raw.ts";
import { guardKeyOf, orderKeyOf, type KeyedMessage } from "./guard-key.ts";

const kafka: KafkaNative = { transport: "kafka", queue: "orders", partition: 3, offset: "41", timestamp: "0", key: "a2V5", tombstone: false };
const hash = (content: Uint8Array | string): string => `<${typeof content === "string" ? content : new TextDecoder().decode(content)}>`;
const message = (given: Partial<Omit<KeyedMessage, "body">> & { body?: string | Uint8Array } = {}): KeyedMessage => ({
  identity: { kind: "exact", id: "orders-3@41" },
  headers: [],
  native: kafka,
  ...given,
  body: typeof given.body === "string" ? new TextEncoder().encode(given.body) : (given.body ?? new Uint8Array()),
});
const byPointer = (body: string | Uint8Array, pointer = "/id") => guardKeyOf({ by: "pointer", pointer }, message({ body }), hash);
const byHeader = (value: string) => guardKeyOf({ by: "header", name: "id" }, message({ headers: [text("id", value)] }), hash);

test("digits beyond 2^53 tell messages apart", () => {
  expect(byPointer('{"id":12345678901234567890}')).toBe("12345678901234567890");
  expect(byPointer('{"id":12345678901234567891}')).toBe("12345678901234567891");
  expect(byPointer('{"id":"a\\u0062"}')).toBe("ab");
  expect(byPointer('{"id":{"a": 1.0}}')).toBe('{"a": 1.0}');
  expect(guardKeyOf({ by: "header", name: "ID" }, message({ headers: [{ name: "id", value: { t: "uint64", v: "18446744073709551615" } }] }), hash)).toBe("18446744073709551615");
});

test("what is missing, null, empty or unreadable is no key", () => {
  for (const body of ["{}", '{"id":null}', '{"id":""}', "not json", "", Uint8Array.of(0xff)]) expect(byPointer(body)).toBeNull();
  expect(byHeader("")).toBeNull();
  expect(guardKeyOf({ by: "header", name: "id" }, message(), hash)).toBeNull();
  expect(guardKeyOf({ by: "header", name: "id" }, message({ headers: [{ name: "id", value: { t: "void" } }] }), hash)).toBeNull();
  expect(guardKeyOf({ by: "body_hash" }, message(), hash)).toBeNull();
});

test("long keys, and those that Postgres cannot hold, are hashed without running into each other", () => {
  const long = "k".repeat(201);
  expect(byHeader("k".repeat(200))).toBe("k".repeat(200));
  expect(byHeader(long)).toBe(`sha256:<"${long}">`);
  const odd = ["a\0", "a", "\uD800", "\uD801", "\uFFFD", 'sha256:<"a\\u0000">'].map(byHeader);
  expect(new Set(odd).size).toBe(odd.length);
  for (const key of odd) expect(key).not.toMatch(/\0/);
});

test("the broker's id: an offset or a job; of RabbitMQ what the producer wrote", () => {
  const amqp = (messageId?: string): Native => ({ transport: "amqp-0.9.1", queue: "q", exchange: "", routingKey: "rk", redelivered: false, properties: messageId === undefined ? {} : { messageId } });
  const content = { kind: "content", hash: "h", redelivered: false } as const;
  expect(guardKeyOf({ by: "broker_id" }, message(), hash)).toBe("orders-3@41");
  expect(guardKeyOf({ by: "broker_id" }, message({ identity: content, native: amqp("m-1") }), hash)).toBe("m-1");
  expect(guardKeyOf({ by: "broker_id" }, message({ identity: content, native: amqp() }), hash)).toBeNull();
  expect(guardKeyOf({ by: "body_hash" }, message({ body: "x" }), hash)).toBe("sha256:<x>");
});

test("the order's key is the broker's, its partition, a header's or a value's", () => {
  const nats: Native = { transport: "nats", queue: "ORDERS", stream: "ORDERS", subject: "orders.eu", sequence: "1", time: null, advisory: null };
  expect(orderKeyOf({ by: "key" }, message(), hash)).toBe("a2V5");
  expect(orderKeyOf({ by: "key" }, message({ native: { ...kafka, key: null } }), hash)).toBeNull();
  expect(orderKeyOf({ by: "key" }, message({ native: nats }), hash)).toBe("orders.eu");
  expect(orderKeyOf({ by: "partition" }, message(), hash)).toBe("orders/3");
  expect(orderKeyOf({ by: "partition" }, message({ native: nats }), hash)).toBe("ORDERS");
  expect(orderKeyOf({ by: "header", name: "id" }, message({ headers: [text("id", "7")] }), hash)).toBe("7");
  expect(orderKeyOf({ by: "pointer", pointer: "/id" }, message({ body: '{"id":12345678901234567890}' }), hash)).toBe("12345678901234567890");
});
