import { bytesOfBase64, utf8Of } from "../message/bytes.ts";
import type { Header, TypedValue } from "../message/header.ts";
import type { KafkaNative } from "../message/native.ts";
import type { NormalForm, Target } from "../message/normal-form.ts";
import type { Captured } from "./decoder.ts";

/** The bytes of a Kafka header, whether they happened to be text or not; null where it has none. */
function bytesOf(value: TypedValue | undefined): Uint8Array | null {
  if (value?.t === "text") return new TextEncoder().encode(value.v);
  return value?.t === "bytes" || value?.t === "rawtext" ? bytesOfBase64(value.v) : null;
}

const valuesOf = (headers: readonly Header[], name: string): readonly TypedValue[] => headers.filter((header) => header.name === name).map(({ value }) => value);

/** The values of one name as bytes: where a framework appends, the first is the oldest and the last the newest. */
export const firstBytes = (headers: readonly Header[], name: string): Uint8Array | null => bytesOf(valuesOf(headers, name)[0]);
export const lastBytes = (headers: readonly Header[], name: string): Uint8Array | null => bytesOf(valuesOf(headers, name).at(-1));

/** UTF-8 text, or null. */
export const textOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : utf8Of(bytes));

/** A big-endian integer of exactly this many bytes, as decimal text; null for any other length. */
export function integerOf(bytes: Uint8Array | null, size: 4 | 8): string | null {
  if (bytes?.length !== size) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  return String(size === 4 ? view.getInt32(0) : view.getBigInt64(0));
}

/** Java's BigInteger: two's complement, big endian, as short as it can be; null beyond 8 bytes. */
export function bigIntegerOf(bytes: Uint8Array | null): string | null {
  if (bytes === null || bytes.length === 0 || bytes.length > 8) return null;
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return String(BigInt.asIntN(bytes.length * 8, value));
}

const DECIMAL = /^\d{1,19}$/;
/** A decimal number as text, or null. */
export const decimalOf = (bytes: Uint8Array | null): string | null => {
  const text = textOf(bytes);
  return text !== null && DECIMAL.test(text) ? text : null;
};

export const kafkaOf = ({ native }: Captured): KafkaNative | null => (native.transport === "kafka" ? native : null);

/** The record's key for the screen: text where it is text. */
export function keyOf(captured: Captured): NormalForm["key"] {
  const key = kafkaOf(captured)?.key;
  if (key == null) return null;
  const utf8 = textOf(bytesOfBase64(key));
  return utf8 === null ? { base64: key } : { utf8 };
}

/** A topic to publish to, its partition left to the adapter; null when it is the one the letter was captured from. */
export const topicTarget = (captured: Captured, topic: string | null): Target | null =>
  topic === null || !/^[A-Za-z0-9._-]{1,249}$/.test(topic) || topic === captured.native.queue ? null : { kind: "kafka", topic, partition: null };

/** What names the record in its topic, when all three are told. */
export const recordId = (topic: string | null, partition: string | null, offset: string | null): string | null =>
  topic === null || partition === null || offset === null ? null : `${topic}-${partition}@${offset}`;

/** Fields of an origin that are told. */
export const topicOrigin = (topic: string | null, partition: string | null, offset: string | null): NormalForm["origin"] =>
  topic === null ? null : { kind: "kafka", topic, ...(partition === null ? {} : { partition }), ...(offset === null ? {} : { offset }) };
