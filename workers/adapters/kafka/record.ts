import { isUtf8 } from "node:buffer";
import type { KafkaMessage, Message } from "kafkajs";
import type { Header, TypedValue } from "#core/message/header.ts";
import type { Outgoing, RawDeath } from "#core/message/raw.ts";
import { headersOf, headersToWrite } from "./client.ts";

export const NO_BYTES = Buffer.alloc(0);

/** A record as a death. `era` tells a topic that was made anew from the one before, whose offsets were the same. */
export function deathOf(topic: string, partition: number, record: KafkaMessage, era: number): RawDeath {
  return {
    identity: { kind: "exact", id: `${topic}-${partition}@${record.offset}${era === 0 ? "" : `#${era}`}` },
    body: record.value ?? NO_BYTES,
    headers: typedHeaders(record),
    native: {
      transport: "kafka",
      queue: topic,
      partition,
      offset: record.offset,
      timestamp: record.timestamp,
      key: keyOf(record),
      tombstone: record.value === null,
    },
  };
}

/** Base64; null when there is none. */
export const keyOf = ({ key }: KafkaMessage): string | null => (key === null ? null : Buffer.from(key).toString("base64"));

/** A record's headers in their order: text where it is UTF-8. */
export const typedHeaders = (record: KafkaMessage): Header[] => headersOf(record).map(({ name, value }) => ({ name, value: typed(value) }));

function typed(bytes: Buffer | null): TypedValue {
  if (bytes === null) return { t: "void" };
  return isUtf8(bytes) ? { t: "text", v: bytes.toString("utf8") } : { t: "bytes", v: bytes.toString("base64") };
}

/** The record to produce: same key, value and headers; a tombstone stays one. */
export function recordOf({ body, headers, native }: Outgoing): Message {
  const kafka = native.transport === "kafka" ? native : null;
  return {
    key: kafka === null || kafka.key === null ? null : Buffer.from(kafka.key, "base64"),
    value: kafka?.tombstone === true && body.length === 0 ? null : Buffer.from(body),
    headers: headersToWrite(headers.map(({ name, value }) => ({ name, value: bytesOf(value) }))),
  };
}

function bytesOf(value: TypedValue): Buffer | null {
  if (value.t === "void") return null;
  if (value.t === "bytes" || value.t === "rawtext" || value.t === "raw") return Buffer.from(value.v, "base64");
  return Buffer.from("v" in value ? String(value.v) : "");
}

/** Bytes of a record's key, value and headers. */
export const sizeOf = (record: KafkaMessage): number =>
  (record.key?.length ?? 0) + (record.value?.length ?? 0) + headersOf(record).reduce((sum, { name, value }) => sum + name.length + (value?.length ?? 0), 0);
