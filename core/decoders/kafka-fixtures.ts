import { z } from "zod";
import { base64Of, bytesOfBase64, utf8Of } from "../message/bytes.ts";
import type { Header } from "../message/header.ts";
import type { KafkaNative } from "../message/native.ts";
import type { NormalForm, Target } from "../message/normal-form.ts";
import { SILENT } from "./base-form.ts";
import type { Captured } from "./decoder.ts";
import { toldOfDeath } from "./fixtures.ts";

const told = z.object({ type: z.string().nullable(), message: z.string().nullable(), stack: z.string().nullable().default(null) });

const fixture = z.object({
  message: z.object({
    topic: z.string(),
    partition: z.number(),
    offset: z.string(),
    timestamp: z.string(),
    keyBase64: z.string().nullable(),
    valueBase64: z.string().nullable(),
    headers: z.array(z.object({ key: z.string(), valueBase64: z.string() })),
  }),
  expected: z.object({
    originDestination: z.object({ topic: z.exactOptional(z.string()), partition: z.exactOptional(z.number().nullable()), offset: z.exactOptional(z.string().nullable()) }),
    ...toldOfDeath,
    error: told.nullable(),
    errorOuter: told.nullable().default(null),
    consumer: z.record(z.string(), z.string()).nullable(),
    key: z.union([z.object({ utf8: z.string() }), z.object({ base64: z.string() })]).nullable(),
    originalTimestamp: z.string().nullable().default(null),
    correlationId: z.string().nullable().default(null),
    lastHop: z.object({ queue: z.string(), reason: z.string() }).nullable().default(null),
  }),
  resend: z.object({ to: z.object({ topic: z.exactOptional(z.string()) }), strip: z.array(z.string()) }),
});

const bytes = (base64: string): Uint8Array => bytesOfBase64(base64) ?? new Uint8Array();

/** A header of a record as the adapter gives it: text where the bytes are text. */
export function recordHeader(name: string, value: Uint8Array): Header {
  const text = utf8Of(value);
  return { name, value: text === null ? { t: "bytes", v: base64Of(value) } : { t: "text", v: text } };
}

/** A captured record and its native facts. */
export type Recorded = Captured & { readonly native: KafkaNative };

/** A sample of Kafka as we see it: the record, the whole normal form it must have, the names its resend leaves out, its target. */
export function recordSample(json: unknown): { captured: Recorded; form: Omit<NormalForm, "rule">; strip: readonly string[]; target: Target | null } {
  const { message, expected, resend } = fixture.parse(json);
  const { originDestination, deathReason, deathReasonRaw, consumer, ...same } = expected;
  const { topic, partition, offset } = originDestination;
  const headers = message.headers.map(({ key, valueBase64 }) => recordHeader(key, bytes(valueBase64)));
  const names = [...new Set(headers.map(({ name }) => name))];
  return {
    captured: {
      body: bytes(message.valueBase64 ?? ""),
      headers,
      native: { transport: "kafka", queue: message.topic, partition: message.partition, offset: message.offset, timestamp: message.timestamp, key: message.keyBase64, tombstone: message.valueBase64 === null },
    },
    form: {
      ...SILENT,
      ...same,
      origin: topic === undefined ? null : { kind: "kafka", topic, ...(partition == null ? {} : { partition: String(partition) }), ...(offset == null ? {} : { offset }) },
      reason: deathReason,
      reasonRaw: deathReasonRaw,
      consumer: consumer ?? {},
    },
    strip: names.filter((name) => resend.strip.some((entry) => (entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : entry === name))).toSorted(),
    target: resend.to.topic === undefined ? null : { kind: "kafka", topic: resend.to.topic, partition: null },
  };
}

/** The record with other values under a name: none takes the header away, several repeat it in its first place. */
export function withValues(captured: Recorded, name: string, ...values: readonly Uint8Array[]): Recorded {
  const at = captured.headers.findIndex((header) => header.name === name);
  const rest = captured.headers.filter((header) => header.name !== name);
  return { ...captured, headers: rest.toSpliced(at < 0 ? rest.length : at, 0, ...values.map((value) => recordHeader(name, value))) };
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A big-endian integer, as Java's ByteBuffer writes it. */
export function int(size: 1 | 4 | 8, value: bigint): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => Number((BigInt.asUintN(size * 8, value) >> BigInt(8 * (size - 1 - at))) & 0xffn));
}
