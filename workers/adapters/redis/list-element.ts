import { isUtf8 } from "node:buffer";
import type { z } from "zod";
import type { redisList } from "#core/brokers/redis-list.ts";
import { spanAt } from "#core/json/pointer.ts";
import { stringOf } from "#core/json/read.ts";
import { stampsIn } from "#core/message/list-envelope.ts";
import type { RedisListNative } from "#core/message/native.ts";
import type { RawDeath } from "#core/message/raw.ts";

export type ListSource = z.infer<(typeof redisList)["source"]>;

/** What was taken, under the id it has until it is accepted. */
export type Taken = { readonly id: string; readonly value: Buffer };

const NO_BYTES = Buffer.alloc(0);
/** Of a job's hash, the field that is its payload. */
const BODY_FIELDS: Readonly<Partial<Record<ListSource["envelope"], string>>> = { bullmq: "data", rq: "data", dramatiq: "message" };

/** Netstrings, one after the other: `<bytes>:<text>`. What is none, because somebody else wrote there, is one part as it is. */
function partsIn(value: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < value.length; ) {
    const colon = value.indexOf(":", at);
    const length = colon === -1 ? "" : value.subarray(at, colon).toString("latin1");
    if (!/^\d{1,10}$/.test(length)) return [...parts, value.subarray(at)];
    at = colon + 1 + Number(length);
    parts.push(value.subarray(colon + 1, at));
  }
  return parts;
}

/** What was taken as a death. Of a job the body is its payload, of a wrapped message likewise. */
export function deathOf(source: ListSource, { id, value }: Taken): RawDeath {
  const [element = NO_BYTES, score = NO_BYTES, ...pairs] = partsIn(value);
  const { envelope, queue } = source;
  const facts: RedisListNative = { transport: "redis-list", queue, envelope, id: null, score: score.length === 0 ? null : score.toString("latin1"), fields: [] };
  const { body, native } = envelope in BODY_FIELDS ? ofJob(facts, element, pairs) : ofElement(facts, element, source.pointers);
  return { identity: { kind: "exact", id }, body, headers: stampsIn(native, body), native };
}

type Read = { readonly body: Buffer; readonly native: RedisListNative };

function ofElement(facts: RedisListNative, element: Buffer, pointers: ListSource["pointers"]): Read {
  if (facts.envelope !== "plain" || Object.keys(pointers).length === 0) return { body: element, native: facts };
  const native = { ...facts, pointers };
  const payload = pointers.payload === undefined || pointers.payload === "" ? null : payloadAt(element, pointers.payload);
  return payload === null ? { body: element, native } : { body: payload, native: { ...native, wrapper: element.toString("base64") } };
}

/** The bytes of the value as they stand there; of a string, those of its text. Null where there is none. */
function payloadAt(element: Buffer, pointer: string): Buffer | null {
  if (!isUtf8(element)) return null;
  const json = element.toString("utf8");
  const span = spanAt(json, pointer);
  if (span === null) return null;
  const text = stringOf(json, span) ?? json.slice(span.start, span.end);
  // half a surrogate pair has no bytes of its own: such a payload is not cut out
  return text.isWellFormed() ? Buffer.from(text) : null;
}

function ofJob(facts: RedisListNative, member: Buffer, pairs: readonly Buffer[]): Read {
  const wanted = BODY_FIELDS[facts.envelope];
  let body: Buffer | null = null;
  const fields: { name: string; value: string }[] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const [name, value] = [pairs[at]?.toString("utf8") ?? "", pairs[at + 1] ?? NO_BYTES];
    if (name === wanted) body = value;
    else fields.push({ name, value: value.toString("base64") });
  }
  return { body: body ?? NO_BYTES, native: { ...facts, id: member.toString("utf8"), fields, ...(pairs.length === 0 ? { gone: true as const } : {}) } };
}

/** Which of two came first: ids of one take are counted, and takes are named by their time. */
export function inOrder(a: string, b: string): number {
  const [[aTake = "", aNumber], [bTake = "", bNumber]] = [a, b].map((id) => id.split(":")) as [string[], string[]];
  return aTake === bTake ? Number(aNumber) - Number(bNumber) : aTake < bTake ? -1 : 1;
}
