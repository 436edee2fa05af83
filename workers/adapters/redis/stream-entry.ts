import { isUtf8 } from "node:buffer";
import type { Header } from "#core/message/header.ts";
import type { RedisStreamNative } from "#core/message/native.ts";
import type { Outgoing, RawDeath } from "#core/message/raw.ts";

/** An entry as Redis gives it: its id, and fields and values in turn; null when the entry is gone. */
export type Entry = readonly [id: Buffer, fields: readonly Buffer[] | null];

/** Names under which producers keep what a message is about, in the order in which they are tried. */
const BODY_FIELDS = ["payload", "body", "data", "message", "value", "event", "job", "envelope"];

const NO_BYTES = Buffer.alloc(0);

/** The entry as a death: one field is the body, the others are headers in their order. */
export function deathOf(queue: string, [id, fields]: Entry, pending: RedisStreamNative["pending"], bodyField: string | undefined): RawDeath {
  const pairs = pairsOf(fields ?? []);
  const at = bodyAt(pairs, bodyField);
  const rawNames: Record<string, string> = {};
  const headers = pairs.filter((_, index) => index !== at).map(([name, value]): Header => {
    const text = name.toString("utf8");
    if (!isUtf8(name)) rawNames[text] = name.toString("base64");
    return { name: text, value: isUtf8(value) ? { t: "text", v: value.toString("utf8") } : { t: "bytes", v: value.toString("base64") } };
  });
  const body = at === -1 ? null : pairs[at];
  const entryId = id.toString("latin1");
  return {
    identity: { kind: "exact", id: entryId },
    body: body?.[1] ?? NO_BYTES,
    headers,
    native: {
      transport: "redis-stream",
      queue,
      entryId,
      body: body === null || body === undefined ? null : { field: body[0].toString("utf8"), at },
      pending,
      ...(fields === null ? { gone: true } : {}),
      ...(Object.keys(rawNames).length === 0 ? {} : { rawNames }),
    },
  };
}

type Pair = readonly [name: Buffer, value: Buffer];

function pairsOf(fields: readonly Buffer[]): Pair[] {
  const pairs: Pair[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) pairs.push([fields[at] ?? NO_BYTES, fields[at + 1] ?? NO_BYTES]);
  return pairs;
}

/** Which field is the body; -1 when none is. A name that is not UTF-8 is none. */
function bodyAt(pairs: readonly Pair[], bodyField: string | undefined): number {
  const find = (wanted: string): number => pairs.findIndex(([name]) => name.equals(Buffer.from(wanted)));
  if (bodyField !== undefined) return find(bodyField);
  for (const name of BODY_FIELDS) {
    const at = find(name);
    if (at !== -1) return at;
  }
  return pairs.length === 1 && pairs[0] !== undefined && isUtf8(pairs[0][0]) ? 0 : -1;
}

/** Fields and values in turn, as the producer wrote them; what was stamped follows at the end. */
export function fieldsOf({ body, headers, native }: Outgoing): Buffer[] {
  const stream = native.transport === "redis-stream" ? native : null;
  const pairs: Pair[] = headers.map(({ name, value }) => [nameOf(name, stream), valueOf(value)]);
  const place = stream === null ? { field: "payload", at: 0 } : stream.body;
  if (place !== null) pairs.splice(Math.min(place.at, pairs.length), 0, [Buffer.from(place.field), Buffer.from(body)]);
  else if (body.length > 0) pairs.unshift([Buffer.from("payload"), Buffer.from(body)]);
  return pairs.flat();
}

function nameOf(name: string, native: RedisStreamNative | null): Buffer {
  const raw = native?.rawNames?.[name];
  return raw === undefined ? Buffer.from(name) : Buffer.from(raw, "base64");
}

function valueOf(value: Header["value"]): Buffer {
  if (value.t === "bytes" || value.t === "rawtext") return Buffer.from(value.v, "base64");
  return Buffer.from("v" in value ? String(value.v) : "");
}

/** Bytes of an entry's fields. */
export const sizeOf = ([, fields]: Entry): number => (fields ?? []).reduce((sum, field) => sum + field.length, 0);

/** Whether stream id `a` is later than `b`. */
export function isAfter(a: string, b: string): boolean {
  const [[aMs = 0n, aSeq = 0n], [bMs = 0n, bSeq = 0n]] = [a, b].map((id) => id.split("-").map(BigInt)) as [bigint[], bigint[]];
  return aMs === bMs ? aSeq > bSeq : aMs > bMs;
}
