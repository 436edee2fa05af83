import { bytesOfBase64, lossyUtf8Of, utf8Of } from "../message/bytes.ts";
import type { Header, TypedValue } from "../message/header.ts";
import type { KafkaNative } from "../message/native.ts";
import type { NormalForm, ResendNote, ResendPlan, Target } from "../message/normal-form.ts";
import { baseForm, type Form } from "./base-form.ts";
import type { Captured } from "./decoder.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfMsText } from "./time.ts";

/** The bytes of a Kafka header, whether they happened to be text or not; null where it has none. */
function bytesOf(value: TypedValue | undefined): Uint8Array | null {
  if (value?.t === "text") return new TextEncoder().encode(value.v);
  return value?.t === "bytes" || value?.t === "rawtext" ? bytesOfBase64(value.v) : null;
}

const valuesOf = (headers: readonly Header[], name: string): readonly TypedValue[] => headers.filter((header) => header.name === name).map(({ value }) => value);

/** The values of one name as bytes: where a framework appends, the first is the oldest and the last the newest. */
export const firstBytes = (headers: readonly Header[], name: string): Uint8Array | null => bytesOf(valuesOf(headers, name)[0]);
export const lastBytes = (headers: readonly Header[], name: string): Uint8Array | null => bytesOf(valuesOf(headers, name).at(-1));

/** How many values a name has. */
export const valueCount = (headers: readonly Header[], name: string): number => valuesOf(headers, name).length;

/** UTF-8 text, or null. */
export const textOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : utf8Of(bytes));

/** Text for reading (an error, a stack), with U+FFFD where it was cut within a character. */
export const proseOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : lossyUtf8Of(bytes));

const CONTROL = /\p{Cc}/u;
/** A name: text without control characters, which a binary number would have; null for anything else and for nothing. */
export const nameOf = (bytes: Uint8Array | null): string | null => {
  const text = textOf(bytes);
  return text === null || text === "" || CONTROL.test(text) ? null : text;
};

const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;
/** A topic's name as Kafka allows it, or null. */
export const topicNamed = (text: string | null): string | null => (text !== null && TOPIC.test(text) ? text : null);
export const topicOf = (bytes: Uint8Array | null): string | null => topicNamed(textOf(bytes));

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/**
 * A big-endian integer of exactly this many bytes, as decimal text; null for any other length, for what is negative, and
 * where all bytes are digits: that is a number as text, and no position or time of Kafka is that large.
 */
export function integerOf(bytes: Uint8Array | null, size: 4 | 8): string | null {
  if (bytes?.length !== size || bytes.every(isDigit)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const value = size === 4 ? BigInt(view.getInt32(0)) : view.getBigInt64(0);
  return value < 0n ? null : String(value);
}

/** An unsigned byte, or null; a digit may be a number as text and is left open. */
export const byteOf = (bytes: Uint8Array | null): string | null => {
  const [byte] = bytes?.length === 1 ? bytes : [];
  return byte === undefined || isDigit(byte) ? null : String(byte);
};

/** Java's BigInteger: two's complement, big endian, as short as it can be; null beyond 8 bytes, and as `integerOf`. */
export function bigIntegerOf(bytes: Uint8Array | null): string | null {
  if (bytes === null || bytes.length === 0 || bytes.length > 8 || bytes.every(isDigit)) return null;
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(bytes.length * 8, value);
  return signed < 0n ? null : String(signed);
}

const DECIMAL = /^\d{1,19}$/;
const MAX_INT64 = 2n ** 63n - 1n;
/** A decimal number as text, up to 2^63 - 1, or null. */
export const decimalOf = (bytes: Uint8Array | null): string | null => {
  const text = textOf(bytes);
  return text !== null && DECIMAL.test(text) && BigInt(text) <= MAX_INT64 ? text : null;
};

export const kafkaOf = ({ native }: Captured): KafkaNative | null => (native.transport === "kafka" ? native : null);

/** A topic to publish to, its partition left to the adapter; null when it is the one the letter was captured from. */
export const topicTarget = (captured: Captured, topic: string | null): Target | null =>
  topic === null || !TOPIC.test(topic) || topic === captured.native.queue ? null : { kind: "kafka", topic, partition: null };

/** What names the record in its topic, when all three are told. */
const recordId = (topic: string | null, partition: string | null, offset: string | null): string | null =>
  topic === null || partition === null || offset === null ? null : `${topic}-${partition}@${offset}`;

/** Fields of an origin that are told. */
const topicOrigin = (topic: string | null, partition: string | null, offset: string | null): NormalForm["origin"] =>
  topic === null ? null : { kind: "kafka", topic, ...(partition === null ? {} : { partition }), ...(offset === null ? {} : { offset }) };

/** Where a record was read, as far as a convention tells: numbers are decimal text. */
export type Position = { readonly topic: string | null; readonly partition: string | null; readonly offset: string | null };

/** The form of a record that failed at this position. */
export const recordForm = (captured: Captured, { topic, partition, offset }: Position): Form => ({
  ...baseForm(captured),
  origin: topicOrigin(topic, partition, offset),
  originalMessageId: recordId(topic, partition, offset),
});

/** When the dead letter itself was produced: the time of the failure, unless the convention copies the record's own time. */
export const producedAt = (captured: Captured): string | null => isoOfMsText(kafkaOf(captured)?.timestamp);

/** A place whose parts are text, wherever a convention keeps them. */
export const textPosition = (read: (name: "topic" | "partition" | "offset") => Uint8Array | null): Position => ({
  topic: topicOf(read("topic")),
  partition: decimalOf(read("partition")),
  offset: decimalOf(read("offset")),
});

type TopicParts = { readonly strip: readonly string[]; readonly native?: KafkaNative | null; readonly notes?: readonly ResendNote[] };

/** Back to a topic, which all its consumers read: Kafka knows no way to one of them. */
export function topicPlan(captured: Captured, topic: string | null, { strip, native = null, notes = [] }: TopicParts): ResendPlan {
  const target = topicTarget(captured, topic);
  return resendPlan(captured, { failedQueue: target, origin: target, strip, native, notes: ["every_subscriber", ...notes] });
}
