import { expect, test } from "vitest";
import { bytesOfBase64, utf8Of } from "../message/bytes.ts";
import type { NormalForm } from "../message/normal-form.ts";
import connect from "./fixtures/kafka-connect.json" with { type: "json" };
import dapr from "./fixtures/dapr-dead-letter-topic.json" with { type: "json" };
import karafka from "./fixtures/karafka-pro-dlq.json" with { type: "json" };
import knative from "./fixtures/knative-dead-letter-sink.json" with { type: "json" };
import shareGroup from "./fixtures/kafka-share-group-kip1191.json" with { type: "json" };
import smallRye from "./fixtures/smallrye-kafka-dlq.json" with { type: "json" };
import smallRyeRetry from "./fixtures/smallrye-kafka-delayed-retry-dlq.json" with { type: "json" };
import binder from "./fixtures/spring-cloud-stream-kafka.json" with { type: "json" };
import dlt from "./fixtures/spring-kafka-dlt.json" with { type: "json" };
import retryable from "./fixtures/spring-kafka-retryabletopic-dlt.json" with { type: "json" };
import streams from "./fixtures/kafka-streams.json" with { type: "json" };
import uber from "./fixtures/uber-kafka-client-dlqmetadata.json" with { type: "json" };
import watermill from "./fixtures/watermill-kafka-poison.json" with { type: "json" };
import wolverine from "./fixtures/wolverine-kafka-dlq.json" with { type: "json" };
import type { Captured } from "./decoder.ts";
import { decode, plan } from "./index.ts";
import { int, recordHeader, recordSample, utf8, withValues, type Recorded } from "./kafka-fixtures.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const LISTENER = { type: "org.springframework.kafka.listener.ListenerExecutionFailedException", message: "Listener method 'void com.acme.Billing.on(OrderCreated)' threw exception", stack: null };

type Case = { readonly rule: string; readonly json: unknown; /** What the sample says beyond the fields it lists. */ readonly more?: Partial<NormalForm>; /** Told by key or body, which a resend keeps. */ readonly staysTold?: true };
const CASES: readonly Case[] = [
  { rule: "spring-kafka-dlt", json: dlt, more: { traceId: TRACE, errorOuter: LISTENER } },
  { rule: "spring-kafka-retryable-topic", json: retryable, more: { errorOuter: LISTENER } },
  { rule: "kafka-connect", json: connect },
  { rule: "kafka-streams", json: streams, more: { traceId: TRACE } },
  { rule: "kafka-share-group", json: shareGroup },
  { rule: "smallrye", json: smallRye, more: { traceId: TRACE } },
  { rule: "smallrye-delayed-retry", json: smallRyeRetry, more: { traceId: TRACE } },
  { rule: "spring-cloud-stream-kafka", json: binder, more: { originalTimestamp: "2026-03-14T09:26:49.123Z", errorOuter: { type: "org.springframework.messaging.MessageHandlingException", message: "error occurred in message handler", stack: null } } },
  { rule: "watermill", json: watermill, more: { correlationId: "checkout-551" } },
  { rule: "karafka", json: karafka },
  { rule: "wolverine", json: wolverine },
  { rule: "uber-dlq", json: uber },
  { rule: "knative", json: knative, more: { origin: { kind: "kafka", receiver: "http://billing.default.svc.cluster.local" }, originalTimestamp: "2026-03-14T09:26:49.123Z", traceId: TRACE } },
  { rule: "dapr", json: dapr, more: { originalTimestamp: "2026-03-14T09:26:49.000Z", traceId: TRACE }, staysTold: true },
];

test.each(CASES)("the sample of $rule: the whole form and the plan", ({ rule, json, more }) => {
  const { captured, form, strip, target } = recordSample(json);
  expect(decode(captured)).toEqual({ rule, ...form, ...more });
  const resend = plan(captured, rule);
  expect(resend).toMatchObject({ failedQueue: target, origin: target, set: [], body: null });
  expect(resend.strip.toSorted()).toEqual(strip);
});

/** What goes out by the plan, as it would be captured where it came from. */
function resent(captured: Recorded, rule: string): Captured {
  const { strip, set, native, body } = plan(captured, rule);
  const kept = captured.headers.filter(({ name }) => !strip.includes(name) && !set.some((header) => header.name === name));
  return { headers: [...kept, ...set], native: { ...(native ?? captured.native), queue: "orders" } as Captured["native"], body: body ?? captured.body };
}

test.each(CASES.filter(({ staysTold }) => staysTold !== true))("a resend of $rule tells of no death any more", ({ rule, json }) => {
  const after = decode(resent(recordSample(json).captured, rule));
  expect(after).toMatchObject({ rule: "unknown", origin: null, reason: "unknown", attempts: null, error: null, errorOuter: null, lastHop: null, consumer: {} });
});

/** Everything a captured record says, as text: headers as text and as whichever integer, key, body and native facts. */
function saidBy({ headers, native, body }: Recorded): string {
  const values = headers.flatMap(({ value }) => {
    const bytes = value.t === "text" ? utf8(value.v) : value.t === "bytes" ? (bytesOfBase64(value.v) ?? new Uint8Array()) : new Uint8Array();
    let number = 0n;
    for (const byte of bytes.subarray(0, 8)) number = (number << 8n) | BigInt(byte);
    return [utf8Of(bytes) ?? "", utf8Of(bytesOfBase64(utf8Of(bytes)?.replace(/[^\w+/=]/g, "") ?? "") ?? new Uint8Array()) ?? "", String(number)];
  });
  const key = native.key === null ? "" : String.fromCharCode(...(bytesOfBase64(native.key) ?? []));
  return [...values, JSON.stringify(native), key, utf8Of(body) ?? ""].join("\n");
}

const leaves = (value: unknown): string[] => (typeof value === "string" ? [value] : value !== null && typeof value === "object" ? Object.values(value).flatMap(leaves) : []);

/** Texts of a form that name something; times, kinds and codes are none, and numbers of Uber's key are packed. */
function named({ rule, origin, error, errorOuter, consumer, lastHop, reasonRaw, correlationId }: NormalForm): string[] {
  const { kind: _, ...place } = origin ?? { kind: null };
  return leaves([rule === "uber-dlq" ? [] : place, error?.type?.replace("HTTP ", ""), error?.message, error?.stack, errorOuter, consumer, lastHop?.queue, reasonRaw, correlationId]);
}

test.each(CASES)("$rule without any one header says nothing the record does not", ({ json }) => {
  const { captured } = recordSample(json);
  const whole = decode(captured);
  for (const { name } of captured.headers) {
    const less = withValues(captured, name);
    const form = decode(less);
    const said = saidBy(less);
    for (const text of named(form)) expect(said, `${name} taken away: ${text}`).toContain(text);
    for (const field of ["attempts", "firstFailedAt", "lastFailedAt", "originalTimestamp"] as const) {
      const known = [null, whole[field], ...(field === "lastFailedAt" ? [new Date(Number(less.native.timestamp)).toISOString()] : [])];
      expect(known, `${name} taken away: ${field}`).toContain(form[field]);
    }
  }
});

const BINARY: readonly [rule: string, json: unknown, header: string, size: 1 | 4 | 8][] = [
  ["spring-kafka-dlt", dlt, "kafka_dlt-original-partition", 4],
  ["spring-kafka-dlt", dlt, "kafka_dlt-original-offset", 8],
  ["spring-kafka-dlt", dlt, "kafka_dlt-original-timestamp", 8],
  ["spring-cloud-stream-kafka", binder, "x-original-partition", 4],
  ["spring-cloud-stream-kafka", binder, "x-original-offset", 8],
  ["spring-cloud-stream-kafka", binder, "x-original-timestamp", 8],
  ["spring-kafka-retryable-topic", retryable, "retry_topic-attempts", 4],
];
const read = (form: NormalForm, header: string) =>
  header.endsWith("partition") ? form.origin?.partition : header.endsWith("offset") ? form.origin?.offset : header.endsWith("attempts") ? form.attempts : form.originalTimestamp;

test.each(BINARY)("%s: what is binary is not read from text, another width or a negative number (%3$s)", (rule, json, header, size) => {
  const { captured } = recordSample(json);
  expect(read(decode(captured), header) ?? null).not.toBeNull();
  const others = size === 8 ? [4, 1] : [8];
  const wrong = [utf8("7"), utf8("1234"), utf8("12345678"), utf8("1773480409123"), new Uint8Array(), int(size === 1 ? 4 : size, -1n), ...others.map((width) => int(width as 1 | 4 | 8, 7n))];
  for (const value of wrong) {
    if (header.endsWith("attempts") && value.length === 1 && value[0] === 7) continue; // one byte is the old form
    expect(read(decode(withValues(captured, header, value)), header) ?? null, `${header} of ${value.join(" ")} by ${rule}`).toBeNull();
  }
});

const DECIMAL: readonly [rule: string, json: unknown, header: string, field: (form: NormalForm) => unknown][] = [
  ["kafka-connect", connect, "__connect.errors.partition", ({ origin }) => origin?.partition],
  ["kafka-connect", connect, "__connect.errors.offset", ({ origin }) => origin?.offset],
  ["kafka-streams", streams, "__streams.errors.offset", ({ origin }) => origin?.offset],
  ["kafka-share-group", shareGroup, "__dlq.errors.partition", ({ origin }) => origin?.partition],
  ["kafka-share-group", shareGroup, "__dlq.errors.delivery.count", ({ attempts }) => attempts],
  ["smallrye", smallRye, "dead-letter-offset", ({ origin }) => origin?.offset],
  ["smallrye-delayed-retry", smallRyeRetry, "delayed-retry-count", ({ attempts }) => attempts],
  ["smallrye-delayed-retry", smallRyeRetry, "delayed-retry-first-processing-timestamp", ({ firstFailedAt }) => firstFailedAt],
  ["smallrye-delayed-retry", smallRyeRetry, "delayed-retry-original-timestamp", ({ originalTimestamp }) => originalTimestamp],
  ["karafka", karafka, "source_attempts", ({ attempts }) => attempts],
  ["karafka", karafka, "source_partition", ({ origin }) => origin?.partition],
  ["wolverine", wolverine, "failed-at", ({ lastFailedAt }) => lastFailedAt],
  ["wolverine", wolverine, "original-offset", ({ origin }) => origin?.offset],
  ["wolverine", wolverine, "attempts", ({ attempts }) => attempts],
];

test.each(DECIMAL)("%s: what is decimal text is not read from bytes, signs, fractions or words (%3$s)", (_rule, json, header, field) => {
  const { captured } = recordSample(json);
  expect(field(decode(captured)) ?? null).not.toBeNull();
  for (const value of [int(4, 5n), int(8, 5n), int(1, 5n), utf8("-1"), utf8("1.5"), utf8("0x10"), utf8("5 "), utf8(""), utf8("99999999999999999999"), utf8("2026-03-14T09:26:53Z")])
    expect(field(decode(withValues(captured, header, value))) ?? null, `${header} of ${value.join(" ")}`).toBeNull();
});

test.each(CASES.filter(({ rule }) => !["uber-dlq", "dapr", "knative"].includes(rule)))("$rule names no topic that Kafka does not allow", ({ rule, json }) => {
  const { captured } = recordSample(json);
  const header = captured.headers.findLast(({ name }) => name.endsWith("topic") || ["topic_poisoned", "original-destination"].includes(name))?.name ?? "";
  for (const value of [int(4, 7n), int(8, 42n), utf8("no topic"), utf8("../etc"), utf8(""), utf8("t".repeat(250)), Uint8Array.of(0xff, 0xfe)]) {
    const odd = withValues(captured, header, value);
    expect(decode(odd).origin, `${header} of ${value.join(" ")}`).toBeNull();
    expect(plan(odd, rule)).toMatchObject({ failedQueue: null, origin: null });
  }
});

test("where a framework appends, the first place is the origin and the last words are of this failure", () => {
  const again = withValues(withValues(recordSample(streams).captured, "__streams.errors.topic", utf8("orders"), utf8("orders-app-dlq")), "__streams.errors.message", utf8("old"), utf8("new"));
  expect(decode(withValues(again, "__streams.errors.stacktrace"))).toMatchObject({ origin: { topic: "orders" }, error: { message: "new" } });
  const connected = withValues(withValues(recordSample(connect).captured, "__connect.errors.topic", utf8("orders"), utf8("dlq-1")), "__connect.errors.exception.message", utf8("old"), utf8("new"));
  expect(decode(connected)).toMatchObject({ origin: { topic: "orders" }, error: { message: "new" } });
});

test("a converter's failure is a deserialization error, a task's is the handler's", () => {
  const { captured } = recordSample(connect);
  for (const stage of ["KEY_CONVERTER", "VALUE_CONVERTER", "HEADER_CONVERTER"]) expect(decode(withValues(captured, "__connect.errors.stage", utf8(stage)))).toMatchObject({ reason: "deserialization_error", reasonRaw: stage });
  for (const stage of ["TASK_PUT", "TRANSFORMATION", "TASK_POLL", "KAFKA_CONSUME"]) expect(decode(withValues(captured, "__connect.errors.stage", utf8(stage)))).toMatchObject({ reason: "handler_error", reasonRaw: stage });
});

test("Streams' first revision wrote class and message together, and a serde's failure is told by its stack", () => {
  const { captured } = recordSample(streams);
  const first = withValues(withValues(captured, "__streams.errors.exception", utf8("java.lang.IllegalStateException: card declined")), "__streams.errors.stacktrace", utf8("java.lang.IllegalStateException: card declined\n\tat com.acme.Charge.apply(Charge.java:1)\n"));
  expect(decode(withValues(first, "__streams.errors.message", utf8("card declined")))).toMatchObject({
    reason: "handler_error",
    error: { type: "java.lang.IllegalStateException", message: "card declined" },
    errorOuter: null,
  });
  expect(decode(withValues(captured, "__streams.errors.stacktrace"))).toMatchObject({ reason: "handler_error", error: { type: "org.apache.kafka.common.errors.SerializationException", stack: null }, errorOuter: null });
});

test("a null header is nothing told", () => {
  const { captured } = recordSample(connect);
  const headers = captured.headers.map((header) => (header.name === "__connect.errors.exception.message" ? { ...header, value: { t: "void" as const } } : header));
  expect(decode({ ...captured, headers }).error).toMatchObject({ type: "org.apache.kafka.connect.errors.DataException", message: null });
});

test("what an earlier life left under names of frameworks alone is stripped by any rule", () => {
  const { captured } = recordSample(smallRye);
  const stale = { ...captured, headers: [...captured.headers, recordHeader("kafka_dlt-original-consumer-group", utf8("billing")), recordHeader("__connect.errors.stage", utf8("TASK_PUT"))] };
  expect(plan(stale, "smallrye").strip).toEqual(expect.arrayContaining(["kafka_dlt-original-consumer-group", "__connect.errors.stage"]));
});

test("a plain record tells nothing, and its key is kept", () => {
  const { captured } = recordSample(dlt);
  expect(decode({ ...captured, headers: [] })).toMatchObject({ rule: "unknown", origin: null, key: { utf8: "ord_9f2c" } });
});
