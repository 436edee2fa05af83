import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { bytesOfBase64 } from "../message/bytes.ts";
import { text } from "../message/header.ts";
import type { PulsarNative } from "../message/native.ts";
import type { Captured } from "./decoder.ts";
import cpp from "./fixtures/pulsar-cpp-node-python-dlq.json" with { type: "json" };
import dotPulsar from "./fixtures/pulsar-dotpulsar-extensions-dlq.json" with { type: "json" };
import nack from "./fixtures/pulsar-java-dlq-nack.json" with { type: "json" };
import reconsume from "./fixtures/pulsar-java-reconsume-later.json" with { type: "json" };
import { decode, plan } from "./index.ts";

const fixture = z.looseObject({
  message: z.object({ topic: z.string(), key: z.string(), publishTime: z.string(), properties: z.record(z.string(), z.string()), payloadBase64: z.string() }).loose(),
  expected: z.looseObject({ originDestination: z.looseObject({ topic: z.string() }) }),
  resend: z.looseObject({ to: z.looseObject({ topic: z.string() }), strip: z.array(z.string()) }),
});

const QUEUE = "persistent://public/default/orders-billing-DLQ";
const captured = (properties: Readonly<Record<string, string>>, native: Partial<PulsarNative> = {}): Captured => ({
  body: new Uint8Array(),
  headers: Object.entries(properties).map(([name, value]) => text(name, value)),
  native: { transport: "pulsar", queue: QUEUE, messageId: "CFsQBzAA", publishTime: "2026-03-14T09:26:53.123Z", eventTime: null, key: null, producerName: null, redeliveryCount: 0, ...native },
});

const CASES = [
  { rule: "pulsar-dead-letter", json: nack },
  { rule: "pulsar-cpp", json: cpp },
  { rule: "pulsar-dotpulsar", json: dotPulsar },
  { rule: "pulsar-reconsume-later", json: reconsume },
] as const;

test.each(CASES)("the sample of $rule", ({ rule, json }) => {
  const { message, expected, resend } = fixture.parse(json);
  const publishTime = new Date(Number(message.publishTime)).toISOString();
  const letter = { ...captured(message.properties, { queue: message.topic, key: message.key, publishTime }), body: bytesOfBase64(message.payloadBase64) ?? new Uint8Array() };
  expect(decode(letter)).toMatchObject({
    rule,
    origin: expected.originDestination,
    originalMessageId: expected["originalMessageId"],
    reason: expected["deathReason"],
    reasonRaw: expected["deathReasonRaw"],
    attempts: expected["attempts"],
    firstFailedAt: null,
    lastFailedAt: expected["lastFailedAt"],
    error: expected["error"],
    consumer: expected["consumer"],
    key: expected["key"],
  });
  const target = { kind: "pulsar", topic: resend.to.topic };
  const strip = Object.keys(message.properties).filter((name) => resend.strip.includes(name));
  expect(plan(letter, rule)).toEqual({ failedQueue: target, origin: target, strip, set: [], body: null, notes: ["every_subscriber"] });
});

const JAVA = { REAL_TOPIC: "persistent://public/default/orders", ORIGIN_MESSAGE_ID: "77:3:-1" };

test("of a partition the whole topic is what is sent to", () => {
  const letter = captured({ ...JAVA, REAL_TOPIC: `${JAVA.REAL_TOPIC}-partition-2` });
  expect(decode(letter).origin).toEqual({ kind: "pulsar", topic: JAVA.REAL_TOPIC, partition: "2", subscription: "billing" });
  expect(plan(letter, "pulsar-dead-letter").origin).toEqual({ kind: "pulsar", topic: JAVA.REAL_TOPIC });
});

test("an empty origin, as old Go clients wrote it, follows from the topic's name where the subscription is told", () => {
  const letter = captured({ REAL_TOPIC: "", ORIGIN_MESSAGE_IDY_TIME: "77:3:-1", REAL_SUBSCRIPTION: "billing" });
  expect(decode(letter)).toMatchObject({ rule: "pulsar-dead-letter", origin: { topic: JAVA.REAL_TOPIC, subscription: "billing" }, originalMessageId: "77:3:-1" });
  expect(plan(letter, "pulsar-dead-letter").notes).toContain("target_guessed");
  const untold = captured({ REAL_TOPIC: "", ORIGIN_MESSAGE_ID: "77:3:-1" });
  expect(plan(untold, "pulsar-dead-letter")).toMatchObject({ failedQueue: null, origin: null });
});

test("a retry topic as origin, as old Java clients wrote it, is never sent to", () => {
  const retry = { ...JAVA, REAL_TOPIC: "persistent://public/default/orders-billing-RETRY", RECONSUMETIMES: "16" };
  expect(plan(captured({ ...retry, REAL_SUBSCRIPTION: "billing" }), "pulsar-reconsume-later").origin).toEqual({ kind: "pulsar", topic: JAVA.REAL_TOPIC });
  expect(plan(captured(retry), "pulsar-reconsume-later").origin).toBeNull();
});

test("in a retry topic a message waits for its next try", () => {
  const letter = captured({ ...JAVA, RECONSUMETIMES: "2", DELAY_TIME: "500" }, { queue: "persistent://public/default/orders-billing-RETRY" });
  expect(decode(letter)).toMatchObject({ rule: "pulsar-reconsume-later", reason: "rejected", attempts: 2, consumer: { subscription: "billing" } });
});

test.each(["", "many", "-1", "1e3", "99999999999"])("a count %j is none", (count) => {
  expect(decode(captured({ ...JAVA, RECONSUMETIMES: count }))).toMatchObject({ rule: "pulsar-dead-letter", attempts: null });
});

test("an origin that is no topic, or not persistent, is no place to send to", () => {
  for (const topic of ["orders", "non-persistent://public/default/orders", "persistent://public/default", "persistent://a/b/c d", `persistent://a/b/${"c".repeat(2_000)}`, QUEUE])
    expect(plan(captured({ ...JAVA, REAL_TOPIC: topic }), "pulsar-dead-letter").origin, topic).toBeNull();
});

test("whatever the properties say, nothing throws, and a resend carries no death any more", () => {
  const NAMES = ["REAL_TOPIC", "REAL_SUBSCRIPTION", "ORIGIN_MESSAGE_ID", "ORIGIN_MESSAGE_IDY_TIME", "RECONSUMETIMES", "DELAY_TIME", "EXCEPTION_TYPE", "EXCEPTION_MESSAGE", "STACK_TRACE", "tenant", "__proto__"];
  const words = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.constantFrom("", "3", "77:3:-1", "(77,3,-1,0)", JAVA.REAL_TOPIC, `${JAVA.REAL_TOPIC}-partition-0`, QUEUE, "billing", "-DLQ"));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), words), { selector: ([name]) => name }), fc.oneof(words, fc.constant(QUEUE)), (properties, queue) => {
      const letter: Captured = { ...captured({}, { queue, publishTime: queue }), headers: properties.map(([name, value]) => text(name, value)) };
      const form = decode(letter);
      expect(decode(letter)).toEqual(form);
      const { strip, origin } = plan(letter, form.rule);
      expect(origin === null || (origin.kind === "pulsar" && origin.topic !== queue)).toBe(true);
      expect(decode({ ...letter, headers: letter.headers.filter(({ name }) => !strip.includes(name)) })).toMatchObject({ rule: "unknown", origin: null, attempts: null, error: null });
      expect(strip).not.toContain("tenant");
    }),
    { numRuns: 500 },
  );
});

test("an application's own properties say nothing about a death", () => {
  const letter = captured({ EXCEPTION_TYPE: "mine", STACK_TRACE: "mine", tenant: "eu" });
  expect(decode(letter)).toMatchObject({ rule: "unknown", error: null });
  expect(plan(letter, "unknown").strip).toEqual([]);
});
