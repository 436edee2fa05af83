import { expect, test } from "vitest";
import sample from "./fixtures/kafka-share-group-kip1191.json" with { type: "json" };
import { decode, plan } from "./index.ts";
import { recordHeader, recordSample, utf8, withValues, type Recorded } from "./kafka-fixtures.ts";

const RULE = "kafka-share-group";
const { captured } = recordSample(sample);
const ORIGIN = { kind: "kafka", topic: "orders", partition: null };

/** The pointer with what the adapter found where it points. */
const pointing = (record: "found" | "gone" | "unreadable", ...headers: Recorded["headers"]): Recorded => ({
  ...captured,
  headers: [...captured.headers, ...headers],
  body: record === "found" ? utf8("{}") : new Uint8Array(),
  native: { ...captured.native, key: record === "found" ? btoa("ord_9f2c") : null, tombstone: record !== "found", pointer: { topic: "orders", partition: 4, offset: "1234", record } },
});

test("a record that was found is sent with its own key, value and headers", () => {
  const found = pointing("found", recordHeader("tenant", utf8("acme")), recordHeader("traceparent", utf8("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")));
  expect(decode(found)).toMatchObject({ rule: RULE, key: { utf8: "ord_9f2c" }, attempts: 5, traceId: "4bf92f3577b34da6a3ce929d0e0e4736" });
  const resend = plan(found, RULE);
  expect(resend).toMatchObject({ failedQueue: ORIGIN, origin: ORIGIN, notes: ["every_subscriber"] });
  expect(resend.strip.toSorted()).toEqual(captured.headers.map(({ name }) => name).toSorted());
});

test.each(["gone", "unreadable"] as const)("a record that is %s is not sent: a tombstone in its place would tell of a deletion", (record) => {
  expect(decode(pointing(record))).toMatchObject({ rule: RULE, origin: { topic: "orders", partition: "4", offset: "1234" }, attempts: 5 });
  expect(plan(pointing(record), RULE)).toMatchObject({ failedQueue: null, origin: null, notes: ["every_subscriber", "content_gone"] });
});

test("key and value may be copied, headers never are", () => {
  const copied = { ...captured, body: utf8("{}"), native: { ...captured.native, key: btoa("k"), tombstone: false } };
  expect(plan(copied, RULE)).toMatchObject({ origin: ORIGIN, notes: ["every_subscriber"] });
  expect(plan(captured, RULE)).toMatchObject({ origin: ORIGIN, notes: ["every_subscriber", "content_gone"] });
});

test.each([
  ["Offset rejected by client.", "rejected"],
  ["Offset delivery count exceeded the threshold.", "delivery_limit"],
  ["of another version", "unknown"],
  ["constructor", "unknown"],
])("%s", (text, reason) => {
  expect(decode(withValues(captured, "__dlq.errors.message", utf8(text)))).toMatchObject({ reason, reasonRaw: text, error: { type: null, message: text } });
});

test("count and message are optional", () => {
  const bare = withValues(withValues(captured, "__dlq.errors.message"), "__dlq.errors.delivery.count");
  expect(decode(bare)).toMatchObject({ rule: RULE, reason: "unknown", reasonRaw: null, attempts: null, error: null });
});

test("what the found record carries of an earlier death is not this one", () => {
  const earlier = pointing("found", recordHeader("kafka_dlt-original-topic", utf8("other")), recordHeader("retry_topic-attempts", Uint8Array.of(0, 0, 0, 9)), recordHeader("__dlq.errors.topic", utf8("older")));
  expect(decode(earlier)).toMatchObject({ rule: RULE, origin: { topic: "orders" }, attempts: 5 });
  expect(plan(earlier, RULE).strip).toEqual(expect.arrayContaining(["kafka_dlt-original-topic", "retry_topic-attempts"]));
});

test("a consumer's own letter about a share group's letter is the later one", () => {
  const later = { ...captured, headers: [...captured.headers, recordHeader("kafka_dlt-original-topic", utf8("dlq.billing"))] };
  expect(decode(later)).toMatchObject({ rule: "spring-kafka-dlt", origin: { topic: "dlq.billing" } });
});
