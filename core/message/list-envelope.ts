import { STAMPS } from "../lineage.ts";
import { edited, removals, type Edit } from "../json/edit.ts";
import { spanAt } from "../json/pointer.ts";
import { membersOf, stringOf, type Span } from "../json/read.ts";
import { bytesOfBase64, utf8Of } from "./bytes.ts";
import { text, type Header } from "./header.ts";
import type { RedisListNative } from "./native.ts";

const NAMES = Object.values<string>(STAMPS);

/**
 * Where in the body of a list's element Redrive's stamp has a place that survives a life: an object that the library
 * hands on as it is. Null where the body has none; jobs that are a hash are stamped in the hash.
 */
function stampPointer({ envelope, pointers }: RedisListNative): string | null {
  switch (envelope) {
    case "celery":
      return "/headers";
    case "dramatiq":
      return "/options";
    case "sidekiq":
      return "";
    case "plain":
      return plainPointer(pointers ?? {});
    case "rq":
    case "bullmq":
      return null;
  }
}

/** What is sent of a wrapped message is its payload alone: headers outside of it would stay behind. */
function plainPointer({ headers, payload }: NonNullable<RedisListNative["pointers"]>): string | null {
  if (headers === undefined || payload === undefined || payload === "") return headers ?? null;
  return headers === payload || headers.startsWith(`${payload}/`) ? headers.slice(payload.length) : null;
}

type Place = { readonly json: string; readonly object: Span };

function placeIn(native: RedisListNative, body: Uint8Array): Place | null {
  const pointer = stampPointer(native);
  const json = pointer === null ? null : utf8Of(body);
  const object = json === null || pointer === null ? null : spanAt(json, pointer);
  return json === null || object === null || json[object.start] !== "{" ? null : { json, object };
}

const isHash = ({ envelope }: RedisListNative): boolean => envelope === "rq" || envelope === "bullmq";

/** Whether a stamp written on this message comes back with its next death. */
export const carriesStamp = (native: RedisListNative, body: Uint8Array): boolean => isHash(native) || placeIn(native, body) !== null;

/** The stamp an element carries, as headers; none when it carries none. */
export function stampsIn(native: RedisListNative, body: Uint8Array): Header[] {
  if (isHash(native)) return native.fields.flatMap(({ name, value }) => (NAMES.includes(name) ? [text(name, utf8Of(bytesOfBase64(value) ?? new Uint8Array()) ?? "")] : []));
  const place = placeIn(native, body);
  if (place === null) return [];
  return membersOf(place.json, place.object).flatMap(({ key, value }) => {
    const stamp = NAMES.includes(key) ? stringOf(place.json, value) : null;
    return stamp === null ? [] : [text(key, stamp)];
  });
}

/** The body with this stamp in place of an older one; everything else keeps its bytes. As it was where there is no place. */
export function withStamps(native: RedisListNative, body: Uint8Array, headers: readonly Header[]): Uint8Array {
  const place = placeIn(native, body);
  if (place === null) return body;
  const stamps = headers.filter(({ name, value }) => NAMES.includes(name) && value.t === "text");
  const members = membersOf(place.json, place.object);
  const old = members.flatMap(({ key }, index) => (NAMES.includes(key) ? [index] : []));
  const pairs = stamps.map(({ name, value }) => `${JSON.stringify(name)}:${JSON.stringify("v" in value ? value.v : "")}`).join(",");
  const last = members.findLast(({ key }) => !NAMES.includes(key));
  const at = last?.end ?? place.object.start + 1;
  const edits: Edit[] = [...removals(members, old), { start: at, end: at, text: last !== undefined && pairs !== "" ? `,${pairs}` : pairs }];
  return new TextEncoder().encode(edited(place.json, edits));
}
