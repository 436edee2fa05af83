import fc from "fast-check";
import { expect, test } from "vitest";
import { base64Of, bytesOfBase64 } from "../message/bytes.ts";
import sample from "./fixtures/uber-kafka-client-dlqmetadata.json" with { type: "json" };
import { decode, plan } from "./index.ts";
import { recordSample, utf8, type Recorded } from "./kafka-fixtures.ts";
import { fieldsIn } from "./protobuf.ts";

const { captured } = recordSample(sample);

function varint(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)];
}
const number = (field: number, value: bigint): number[] => [...varint(BigInt(field << 3)), ...varint(value)];
const bytes = (field: number, value: Uint8Array): number[] => [...varint(BigInt((field << 3) | 2)), ...varint(BigInt(value.length)), ...value];

const keyed = (...fields: number[][]): Recorded => ({ ...captured, native: { ...captured.native, key: base64Of(Uint8Array.from(fields.flat())) } });
const TOPIC = bytes(2, utf8("orders"));
const TIME = number(5, 1_773_480_413_123_000_000n);

test("the record goes back with the key it was sent with", () => {
  expect(plan(captured, "uber-dlq")).toMatchObject({ native: { ...captured.native, key: btoa("ord_9f2c") }, strip: [], notes: ["every_subscriber", "key_restored"] });
});

test("zeros are not written, and an empty key is none", () => {
  expect(decode(keyed(TOPIC, TIME))).toMatchObject({ rule: "uber-dlq", origin: { topic: "orders", partition: "0", offset: "0" }, attempts: 0, key: null });
  expect(plan(keyed(TOPIC, TIME), "uber-dlq").native).toMatchObject({ key: null });
});

test("uForwarder counts timeouts besides, and a binary key stays binary", () => {
  const form = decode(keyed(number(1, 7n), TOPIC, number(3, 3n), number(4, 9_007_199_254_740_993n), TIME, bytes(6, Uint8Array.of(0xff)), number(7, 2n)));
  expect(form).toMatchObject({ rule: "uber-dlq", attempts: 7, originalMessageId: "orders-3@9007199254740993", key: { base64: "/w==" } });
});

test.each([
  ["no topic", keyed(TIME)],
  ["a topic Kafka does not allow", keyed(bytes(2, utf8("no topic")), TIME)],
  ["the topic it lies in", keyed(bytes(2, utf8(captured.native.queue)), TIME)],
  ["no time", keyed(TOPIC)],
  ["a time in milliseconds", keyed(TOPIC, number(5, 1_773_480_413_123n))],
  ["a time after the letter's", keyed(TOPIC, number(5, 1_873_480_413_123_000_000n))],
  ["a field nobody knows", keyed(TOPIC, TIME, number(8, 1n))],
  ["a field twice", keyed(TOPIC, TIME, TIME)],
  ["a field of another type", keyed(TOPIC, bytes(5, utf8("now")))],
  ["a partition beyond 31 bits", keyed(TOPIC, TIME, number(3, 2n ** 31n))],
  ["a negative offset", keyed(TOPIC, TIME, number(4, 2n ** 64n - 1n))],
  ["a byte too many", keyed(TOPIC, TIME, [0x08])],
  ["text", { ...captured, native: { ...captured.native, key: btoa("ord_9f2c") } }],
  ["no key", { ...captured, native: { ...captured.native, key: null } }],
])("a key with %s is a key", (_what, record) => {
  expect(decode(record)).toMatchObject({ rule: "unknown", origin: null, attempts: null });
  expect(plan(record, "unknown").native).toBeUndefined();
});

test("keys of other formats are never taken for it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.string().map(utf8), fc.uuid().map(utf8)), (key) => {
      expect(decode({ ...captured, native: { ...captured.native, key: base64Of(key) } }).rule).toBe("unknown");
    }),
    { numRuns: 2_000 },
  );
});

test("any bytes are read as fields or refused, to the last one", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
      const fields = fieldsIn(content);
      expect(fields === null || fields.every((field) => ("bytes" in field ? field.bytes.length <= content.length : field.varint < 2n ** 64n))).toBe(true);
    }),
  );
  expect(fieldsIn(Uint8Array.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f, 1]))).toBeNull();
  expect(fieldsIn(new Uint8Array(20).fill(0xff))).toBeNull();
  expect(fieldsIn(Uint8Array.from([0x00, 0x01]))).toBeNull();
  expect(fieldsIn(bytesOfBase64("") ?? new Uint8Array())).toEqual([]);
});
