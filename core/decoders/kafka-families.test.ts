import { expect, test } from "vitest";
import { z } from "zod";
import { bytesOfBase64, utf8Of } from "../message/bytes.ts";
import type { Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import connect from "./fixtures/kafka-connect.json" with { type: "json" };
import dlt from "./fixtures/spring-kafka-dlt.json" with { type: "json" };
import retryable from "./fixtures/spring-kafka-retryabletopic-dlt.json" with { type: "json" };
import { decode, plan } from "./index.ts";

const fixture = z.looseObject({
  message: z.object({ topic: z.string(), partition: z.number(), offset: z.string(), timestamp: z.string(), keyBase64: z.string().nullable(), valueBase64: z.string().nullable(), headers: z.array(z.object({ key: z.string(), valueBase64: z.string() })) }),
  expected: z.looseObject({ originDestination: z.looseObject({ topic: z.string(), partition: z.number(), offset: z.string() }) }),
  resend: z.looseObject({ to: z.looseObject({ topic: z.string() }), strip: z.array(z.string()) }),
});

const bytes = (base64: string): Uint8Array => bytesOfBase64(base64) ?? new Uint8Array();

/** A header as the adapter gives it: text where the bytes are text. */
function header(name: string, valueBase64: string): Header {
  const text = utf8Of(bytes(valueBase64));
  return { name, value: text === null ? { t: "bytes", v: valueBase64 } : { t: "text", v: text } };
}

function sampleOf(json: unknown): { captured: Captured; expected: z.infer<typeof fixture>["expected"]; resend: z.infer<typeof fixture>["resend"] } {
  const { message, expected, resend } = fixture.parse(json);
  const captured: Captured = {
    body: bytes(message.valueBase64 ?? ""),
    headers: message.headers.map(({ key, valueBase64 }) => header(key, valueBase64)),
    native: { transport: "kafka", queue: message.topic, partition: message.partition, offset: message.offset, timestamp: message.timestamp, key: message.keyBase64, tombstone: message.valueBase64 === null },
  };
  return { captured, expected, resend };
}

const CASES = [
  { rule: "spring-kafka-dlt", json: dlt },
  { rule: "spring-kafka-retryable-topic", json: retryable },
  { rule: "kafka-connect", json: connect },
] as const;

test.each(CASES)("the sample of $rule", ({ rule, json }) => {
  const { captured, expected, resend } = sampleOf(json);
  const form = decode(captured);
  const { topic, partition, offset } = expected.originDestination;
  expect(form).toMatchObject({
    rule,
    origin: { kind: "kafka", topic, partition: String(partition), offset },
    originalMessageId: expected["originalMessageId"],
    reason: expected["deathReason"],
    attempts: expected["attempts"],
    firstFailedAt: expected["firstFailedAt"],
    lastFailedAt: expected["lastFailedAt"],
    error: expected["error"],
    key: expected["key"],
    consumer: expected["consumer"],
  });
  const stripped = (name: string): boolean => resend.strip.some((entry) => (entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : entry === name));
  const resent = plan(captured, rule);
  expect(resent.origin).toEqual({ kind: "kafka", topic: resend.to.topic, partition: null });
  expect(resent.strip.toSorted()).toEqual([...new Set(captured.headers.map(({ name }) => name).filter(stripped))].toSorted());
});

const { captured } = sampleOf(dlt);
const without = (...names: string[]): Captured => ({ ...captured, headers: captured.headers.filter(({ name }) => !names.includes(name)) });
const withHeader = (extra: Header): Captured => ({ ...captured, headers: [...captured.headers, extra] });

test("Spring may be told to leave any header out", () => {
  expect(decode(without("kafka_dlt-original-partition", "kafka_dlt-exception-stacktrace"))).toMatchObject({
    origin: { topic: "orders", offset: "184467" },
    originalMessageId: null,
    error: { type: "java.lang.IllegalStateException", message: expect.stringContaining("card declined"), stack: null },
  });
  expect(decode(without("kafka_dlt-original-topic"))).toMatchObject({ rule: "spring-kafka-dlt", origin: null });
  expect(plan(without("kafka_dlt-original-topic"), "spring-kafka-dlt").origin).toBeNull();
});

test("origins are appended: the first is the true one", () => {
  expect(decode(withHeader({ name: "kafka_dlt-original-topic", value: { t: "text", v: "orders-retry" } })).origin).toMatchObject({ topic: "orders" });
});

test("an offset of another length than Spring's is left out, not guessed", () => {
  const odd = { ...without("kafka_dlt-original-offset"), headers: [...without("kafka_dlt-original-offset").headers, { name: "kafka_dlt-original-offset", value: { t: "text" as const, v: "184467" } }] };
  expect(decode(odd).origin).toEqual({ kind: "kafka", topic: "orders", partition: "2" });
});

test("a retry topic's counter of one byte, as old versions wrote it", () => {
  const sample = sampleOf(retryable).captured;
  const old = { ...sample, headers: [...sample.headers.filter(({ name }) => name !== "retry_topic-attempts"), header("retry_topic-attempts", "Aw==")] };
  expect(decode(old).attempts).toBe(2);
});

test("a converter's failure is a deserialization error, a task's is the handler's", () => {
  const sample = sampleOf(connect).captured;
  const put = { ...sample, headers: [...sample.headers.filter(({ name }) => name !== "__connect.errors.stage"), { name: "__connect.errors.stage", value: { t: "text" as const, v: "TASK_PUT" } }] };
  expect(decode(put)).toMatchObject({ reason: "handler_error", reasonRaw: "TASK_PUT" });
});

test("a plain record tells nothing, and its key is kept", () => {
  expect(decode({ ...captured, headers: [] })).toMatchObject({ rule: "unknown", origin: null });
});
