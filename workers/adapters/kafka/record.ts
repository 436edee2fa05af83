import { isUtf8 } from "node:buffer";
import type { IHeaders, KafkaMessage, Message } from "kafkajs";
import type { Header, TypedValue } from "#core/message/header.ts";
import type { Outgoing, RawDeath } from "#core/message/raw.ts";

const NO_BYTES = Buffer.alloc(0);

/**
 * A record as a death. kafkajs gives headers by name: values of one name keep their order, but whether another name stood
 * between them is not told. `era` tells a topic that was made anew from the one before, whose offsets were the same.
 */
export function deathOf(topic: string, partition: number, record: KafkaMessage, era: number): RawDeath {
  return {
    identity: { kind: "exact", id: `${topic}-${partition}@${record.offset}${era === 0 ? "" : `#${era}`}` },
    body: record.value ?? NO_BYTES,
    headers: headersOf(record.headers ?? {}),
    native: {
      transport: "kafka",
      queue: topic,
      partition,
      offset: record.offset,
      timestamp: record.timestamp,
      key: record.key === null ? null : Buffer.from(record.key).toString("base64"),
      tombstone: record.value === null,
    },
  };
}

const headersOf = (headers: IHeaders): Header[] => Object.entries(headers).flatMap(([name, value]) => valuesOf(value).map((each) => ({ name, value: typed(each) })));

type HeaderBytes = Buffer | string | null | undefined;

/** kafkajs takes what every object inherits (`constructor`, `__proto__`) for an earlier value of that name: it is none. */
const valuesOf = (value: IHeaders[string]): HeaderBytes[] =>
  (Array.isArray(value) ? value : [value]).filter((each: unknown): each is HeaderBytes => each === null || each === undefined || typeof each === "string" || Buffer.isBuffer(each));

function typed(value: HeaderBytes): TypedValue {
  if (value === null || value === undefined) return { t: "void" };
  const bytes = Buffer.from(value);
  return isUtf8(bytes) ? { t: "text", v: bytes.toString("utf8") } : { t: "bytes", v: bytes.toString("base64") };
}

/** The record to produce: same key, value and headers; a tombstone stays one. */
export function recordOf({ body, headers, native }: Outgoing): Message {
  const kafka = native.transport === "kafka" ? native : null;
  const byName: Record<string, (Buffer | null)[]> = {};
  for (const { name, value } of headers) {
    const values = Object.hasOwn(byName, name) ? byName[name] : undefined;
    if (values === undefined) Object.defineProperty(byName, name, { value: [bytesOf(value)], enumerable: true });
    else values.push(bytesOf(value));
  }
  return {
    key: kafka === null || kafka.key === null ? null : Buffer.from(kafka.key, "base64"),
    value: kafka?.tombstone === true && body.length === 0 ? null : Buffer.from(body),
    // kafkajs writes null values as they are, though its types know none
    headers: byName as unknown as IHeaders,
  };
}

function bytesOf(value: TypedValue): Buffer | null {
  if (value.t === "void") return null;
  if (value.t === "bytes" || value.t === "rawtext" || value.t === "raw") return Buffer.from(value.v, "base64");
  return Buffer.from("v" in value ? String(value.v) : "");
}

/** Bytes of a record's key, value and headers. */
export const sizeOf = ({ key, value, headers = {} }: KafkaMessage): number =>
  (key?.length ?? 0) + (value?.length ?? 0) + Object.entries(headers).reduce((sum, [name, values]) => sum + valuesOf(values).reduce((bytes, each) => bytes + name.length + (each?.length ?? 0), 0), 0);
