import { expect, test } from "vitest";
import binder from "./fixtures/spring-cloud-stream-kafka.json" with { type: "json" };
import dlt from "./fixtures/spring-kafka-dlt.json" with { type: "json" };
import retryable from "./fixtures/spring-kafka-retryabletopic-dlt.json" with { type: "json" };
import { decode, plan } from "./index.ts";
import { int, recordHeader, recordSample, utf8, withValues, type Recorded } from "./kafka-fixtures.ts";

const { captured } = recordSample(dlt);
const retried = recordSample(retryable).captured;
const bound = recordSample(binder).captured;

/** The record with Spring's names under another prefix. */
const renamed = (from: Recorded, before: string, after: string): Recorded => ({
  ...from,
  headers: from.headers.map((header) => (header.name.startsWith(before) ? { ...header, name: after + header.name.slice(before.length) } : header)),
});
const without = (from: Recorded, pattern: RegExp): Recorded => ({ ...from, headers: from.headers.filter(({ name }) => !pattern.test(name)) });

test("Spring may be told to leave any header out", () => {
  expect(decode(without(captured, /partition|stacktrace/))).toMatchObject({
    origin: { topic: "orders", offset: "184467" },
    originalMessageId: null,
    error: { type: "java.lang.IllegalStateException", message: expect.stringContaining("card declined"), stack: null },
  });
  const placeless = withValues(captured, "kafka_dlt-original-topic");
  expect(decode(placeless)).toMatchObject({ rule: "spring-kafka-dlt", origin: null });
  expect(plan(placeless, "spring-kafka-dlt")).toMatchObject({ failedQueue: null, origin: null });
  expect(decode(without(captured, /original|fqcn|stacktrace/))).toMatchObject({ rule: "spring-kafka-dlt", error: { type: null, message: expect.stringContaining("card declined") } });
  expect(decode(without(captured, /^kafka_dlt-exception/))).toMatchObject({ rule: "spring-kafka-dlt", reason: "handler_error", error: null, errorOuter: null, origin: { topic: "orders" } });
});

test("before 2.8 there was neither a cause nor a group: the root follows from the stack", () => {
  expect(decode(without(captured, /cause-fqcn|consumer-group/))).toMatchObject({
    error: { type: "java.lang.IllegalStateException" },
    errorOuter: { type: "org.springframework.kafka.listener.ListenerExecutionFailedException" },
    consumer: {},
  });
});

test("origins are appended, so that the first is the true one; what is said of the exception is the last", () => {
  const twice = withValues(withValues(captured, "kafka_dlt-original-topic", utf8("orders"), utf8("orders-dlt")), "kafka_dlt-original-offset", int(8, 184_467n), int(8, 10n));
  expect(decode(twice).origin).toEqual({ kind: "kafka", topic: "orders", partition: "2", offset: "184467" });
  expect(plan(twice, "spring-kafka-dlt")).toMatchObject({ origin: { topic: "orders" } });
  expect(decode(withValues(captured, "kafka_dlt-exception-message", utf8("old"), utf8("new"))).error?.message).toBe("new");
});

test("a letter does not go back to the topic it lies in", () => {
  expect(plan(withValues(captured, "kafka_dlt-original-topic", utf8(captured.native.queue)), "spring-kafka-dlt")).toMatchObject({ failedQueue: null, origin: null });
});

test("a value that could not be deserialized", () => {
  const unread = withValues(
    withValues(withValues(captured, "kafka_dlt-exception-fqcn", utf8("org.springframework.kafka.support.serializer.DeserializationException")), "kafka_dlt-exception-cause-fqcn", utf8("org.apache.kafka.common.errors.SerializationException")),
    "springDeserializerExceptionValue",
    Uint8Array.of(0xac, 0xed, 0x00, 0x05),
  );
  expect(decode(unread)).toMatchObject({
    rule: "spring-kafka-dlt",
    reason: "deserialization_error",
    error: { type: "org.apache.kafka.common.errors.SerializationException" },
    errorOuter: { type: "org.springframework.kafka.support.serializer.DeserializationException" },
  });
  expect(plan(unread, "spring-kafka-dlt").strip).toContain("springDeserializerExceptionValue");
  expect(decode(withValues(captured, "kafka_dlt-exception-cause-fqcn", utf8("org.springframework.kafka.support.serializer.DeserializationException"))).reason).toBe("deserialization_error");
});

test("a key that could not be deserialized is told under names of its own", () => {
  const headers = ["fqcn", "message", "stacktrace"].map((name, at) => recordHeader(`kafka_dlt-key-exception-${name}`, utf8(["a.b.DeserializationException", "failed to deserialize", "a.b.DeserializationException: failed to deserialize\nCaused by: c.Odd: no key\n"][at] ?? "")));
  const unread = { ...without(captured, /^kafka_dlt-exception/), headers: [...without(captured, /^kafka_dlt-exception/).headers, ...headers] };
  expect(decode(unread)).toMatchObject({ reason: "deserialization_error", error: { type: "c.Odd", message: "failed to deserialize" }, errorOuter: { type: "a.b.DeserializationException" } });
  expect(plan(unread, "spring-kafka-dlt").strip).toEqual(expect.arrayContaining(headers.map(({ name }) => name)));
  // left by an earlier life: a failure of the listener itself replaced what stands beside it
  expect(decode({ ...captured, headers: [...captured.headers, ...headers] })).toMatchObject({ reason: "handler_error", error: { type: "java.lang.IllegalStateException" } });
});

test("a stack trace cut within a character is still shown", () => {
  const cut = Uint8Array.of(...utf8("a.B: caf"), 0xc3);
  expect(decode(withValues(without(captured, /cause-fqcn/), "kafka_dlt-exception-stacktrace", cut)).error).toMatchObject({ type: "a.B", stack: "a.B: caf\uFFFD" });
});

test("a retry topic's counter: four bytes, one in old versions, the last of many; the failures are one less", () => {
  const attempts = (...values: Uint8Array[]) => decode(withValues(retried, "retry_topic-attempts", ...values)).attempts;
  expect(attempts(int(4, 1n), int(4, 2n), int(4, 3n))).toBe(2);
  expect(attempts(int(1, 3n))).toBe(2);
  expect(attempts(int(1, 200n))).toBe(199);
  expect(attempts(int(4, 0n))).toBeNull();
  expect(attempts(int(4, 2_147_483_647n))).toBe(2_147_483_646);
});

test("times of a retry topic are as long as they need to be", () => {
  const at = (bytes: Uint8Array) => decode(withValues(retried, "retry_topic-backoff-timestamp", bytes)).lastFailedAt;
  expect(at(int(8, 1_773_480_478_123n))).toBe("2026-03-14T09:27:58.123Z");
  expect(at(int(8, 1_773_480_478_123n).subarray(2))).toBe("2026-03-14T09:27:58.123Z");
  const produced = decode(withValues(retried, "retry_topic-backoff-timestamp")).lastFailedAt;
  for (const odd of [utf8("1773480478123"), int(8, -1n), new Uint8Array(), new Uint8Array(9)]) expect(at(odd)).toBe(produced);
});

test("without its counter a retry topic's letter is still told from a plain one", () => {
  expect(decode(withValues(retried, "retry_topic-attempts"))).toMatchObject({ rule: "spring-kafka-retryable-topic", attempts: null, reason: "retries_exhausted" });
  expect(decode(without(retried, /^retry_topic/))).toMatchObject({ rule: "spring-kafka-retryable-topic", attempts: null });
  expect(plan(retried, "spring-kafka-retryable-topic").strip).toEqual(expect.arrayContaining(["retry_topic-attempts", "kafka_original-topic", "kafka_exception-fqcn", "kafka_dlt-original-consumer-group"]));
});

test("header names of an application's own, with Spring's endings and encodings", () => {
  const named = renamed(captured, "kafka_dlt-", "acme.dlq.");
  expect(decode(named)).toEqual({ ...decode(captured), rule: "spring-kafka-named" });
  const resend = plan(named, "spring-kafka-named");
  expect(resend.strip.toSorted()).toEqual(named.headers.map(({ name }) => name).filter((name) => name.startsWith("acme.dlq.")).toSorted());
  expect(resend.origin).toEqual({ kind: "kafka", topic: "orders", partition: null });
  for (const [name, value] of [["original-offset", utf8("184467")], ["original-partition", utf8("2")], ["original-topic", utf8("no topic")]] as const)
    expect(decode(withValues(named, `acme.dlq.${name}`, value)).rule).toBe("unknown");
});

test("the binder's group is in its topic's name, unless that is another", () => {
  expect(decode({ ...bound, native: { ...bound.native, queue: "orders-parked" } }).consumer).toEqual({});
  expect(decode({ ...bound, native: { ...bound.native, queue: "error.orders.billing.eu" } }).consumer).toEqual({ group: "billing.eu" });
  expect(decode({ ...bound, native: { ...bound.native, queue: "error.other.billing" } }).consumer).toEqual({});
});

test("the binder's names beside some of Spring's own", () => {
  const mixed = { ...bound, headers: [...bound.headers, recordHeader("kafka_dlt-original-consumer-group", utf8("eu")), recordHeader("kafka_dlt-exception-cause-fqcn", utf8("a.Cause")), recordHeader("x-retries", utf8("2"))] };
  expect(decode(mixed)).toMatchObject({ rule: "spring-cloud-stream-kafka", consumer: { group: "eu" }, error: { type: "a.Cause" } });
  const { strip } = plan(mixed, "spring-cloud-stream-kafka");
  expect(strip).toContain("kafka_dlt-original-consumer-group");
  expect(strip).not.toContain("x-retries");
});

test("the binder appends: the first place is the origin, the last exception the newest", () => {
  const twice = withValues(withValues(bound, "x-original-topic", utf8("orders"), utf8("orders-2")), "x-exception-message", utf8("old"), utf8("new"));
  expect(decode(twice)).toMatchObject({ origin: { topic: "orders" }, error: { message: "new" } });
});
