import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { bytesOfBase64 } from "../message/bytes.ts";
import { text, type Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import json from "./fixtures/rocketmq-dlq.json" with { type: "json" };
import { decode, plan } from "./index.ts";

const sample = z
  .looseObject({
    message: z.object({ topic: z.string(), queueId: z.number(), queueOffset: z.string(), msgId: z.string(), reconsumeTimes: z.number(), bornTimestamp: z.string(), storeTimestamp: z.string(), sysFlag: z.number(), properties: z.record(z.string(), z.string()), bodyBase64: z.string() }).loose(),
    expected: z.looseObject({ originDestination: z.looseObject({ topic: z.string() }) }),
    resend: z.looseObject({ to: z.looseObject({ topic: z.string() }), strip: z.array(z.string()) }),
  })
  .parse(json);

const { message, expected, resend } = sample;
const letter = (properties: Readonly<Record<string, string>> = message.properties, queue = message.topic): Captured => ({
  body: bytesOfBase64(message.bodyBase64) ?? new Uint8Array(),
  headers: Object.entries(properties).map(([name, value]) => text(name, value)),
  native: {
    transport: "rocketmq",
    queue,
    broker: "broker-a",
    queueId: message.queueId,
    queueOffset: message.queueOffset,
    offsetMessageId: message.msgId,
    bornTimestamp: message.bornTimestamp,
    storeTimestamp: message.storeTimestamp,
    reconsumeTimes: message.reconsumeTimes,
    sysFlag: message.sysFlag,
    flag: 0,
  },
});

test("the documented sample", () => {
  expect(decode(letter())).toMatchObject({
    rule: "rocketmq-dlq",
    origin: { kind: "rocketmq", topic: expected.originDestination.topic },
    originalMessageId: expected["originalMessageId"],
    reason: expected["deathReason"],
    reasonRaw: expected["deathReasonRaw"],
    attempts: expected["attempts"],
    firstFailedAt: expected["firstFailedAt"],
    lastFailedAt: expected["lastFailedAt"],
    error: expected["error"],
    consumer: expected["consumer"],
    key: expected["key"],
    originalTimestamp: expected["originalTimestamp"],
  });
});

test("it goes back to its topic with keys, tags and properties, without the books of its death", () => {
  const { origin, failedQueue, strip, set, body, notes } = plan(letter(), "rocketmq-dlq");
  const target = { kind: "rocketmq", topic: resend.to.topic };
  expect({ origin, failedQueue, set, body, notes }).toEqual({ origin: target, failedQueue: target, set: [], body: null, notes: ["every_subscriber"] });
  const stripped = (name: string): boolean => resend.strip.some((entry) => (entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : entry === name));
  expect(strip.toSorted()).toEqual(Object.keys(message.properties).filter(stripped).toSorted());
  expect(Object.keys(message.properties).filter((name) => !strip.includes(name)).toSorted()).toEqual(["KEYS", "TAGS", "tenant"]);
});

test("every name of the strip list is left out, and no name of an application", () => {
  const written = resend.strip.map((name) => name.replace("*", "DELAY_MS"));
  const all = Object.fromEntries([...written, "KEYS", "TAGS", "__SHARDINGKEY", "CORRELATION_ID", "TRACE_CONTEXT", "tenant", "DELAYED", "real_topic"].map((name) => [name, "x"]));
  expect(plan(letter(all), "rocketmq-dlq").strip.toSorted()).toEqual(written.toSorted());
});

test.each([
  ["a delay's own topic is not the origin", { REAL_TOPIC: "%RETRY%billing" }, null],
  ["what the proxy wrote comes first", { RETRY_TOPIC: "orders", DLQ_ORIGIN_TOPIC: "invoices" }, "invoices"],
  ["retried by a consumer of the proxy", { RETRY_TOPIC: "%RETRY%billing_orders_eu" }, "orders_eu"],
  ["retried by a consumer of the proxy, second naming", { RETRY_TOPIC: "%RETRY%billing+orders" }, "orders"],
  ["another group's retries tell no topic", { RETRY_TOPIC: "%RETRY%shipping_orders" }, null],
  ["it says nothing", {}, null],
])("the topic it came from: %s", (_, properties, topic) => {
  const captured = letter(properties);
  expect(decode(captured).origin).toEqual(topic === null ? null : { kind: "rocketmq", topic });
  expect(plan(captured, "rocketmq-dlq").origin).toEqual(topic === null ? null : { kind: "rocketmq", topic });
});

test("a name no topic can have is shown and not sent to", () => {
  const captured = letter({ RETRY_TOPIC: "orders; drop" });
  expect(decode(captured).origin).toEqual({ kind: "rocketmq", topic: "orders; drop" });
  expect(plan(captured, "rocketmq-dlq").origin).toBe(null);
});

test("another topic tells of no death", () => {
  expect(decode(letter({ KEYS: "a" }, "orders"))).toMatchObject({ rule: "unknown", origin: null });
});

test("whatever the properties are, it is read, and a resend carries no book of the death", () => {
  const names = fc.constantFrom(...resend.strip.map((name) => name.replace("*", "x")), "KEYS", "TAGS", "tenant", "");
  const headers: fc.Arbitrary<Header[]> = fc.array(fc.record({ name: names, value: fc.oneof(fc.record({ t: fc.constant("text" as const), v: fc.string() }), fc.record({ t: fc.constant("bytes" as const), v: fc.base64String() }), fc.constant({ t: "void" as const })) }), { maxLength: 12 });
  fc.assert(
    fc.property(headers, fc.integer(), fc.string(), (list, reconsumeTimes, time) => {
      const { native, body } = letter();
      const captured = { headers: list, body, native: { ...native, reconsumeTimes, storeTimestamp: time, bornTimestamp: time } as Captured["native"] };
      const form = decode(captured);
      expect(form.rule).toBe("rocketmq-dlq");
      expect(form.attempts === null || form.attempts >= 0).toBe(true);
      const { strip } = plan(captured, "rocketmq-dlq");
      expect(list.filter(({ name }) => !strip.includes(name)).every(({ name }) => ["KEYS", "TAGS", "tenant", ""].includes(name))).toBe(true);
    }),
  );
});
