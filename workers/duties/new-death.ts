import { decode } from "#core/decoders/index.ts";
import { stampOf } from "#core/lineage.ts";
import { fingerprint } from "#core/message/fingerprint.ts";
import type { Header, TypedValue } from "#core/message/header.ts";
import { contentTypeOf, nativeWords } from "#core/message/native-facts.ts";
import { placeOf, type NormalForm } from "#core/message/normal-form.ts";
import { pgSafe } from "#core/message/pg-text.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { newId } from "#db/new-id.ts";
import type { NewDeath } from "#db/queries/capture.ts";

const MAX = { title: 300, errorType: 300, errorMessage: 2_000, origin: 300, key: 500, contentType: 200, search: 4_000 };
/** Of one header's value in the search text: the first words, not a stack trace. */
const MAX_SEARCHED_VALUE = 300;

/** A captured death in the form in which it is stored. Never throws: what can not be decoded is stored undecoded. */
export const toNewDeath = (raw: RawDeath, sourceName: string): NewDeath => newDeath(raw, sourceName, decode(raw));

/** A death whose story is known already. */
export function newDeath(raw: RawDeath, sourceName: string, normal: NormalForm): NewDeath {
  const group = fingerprint(normal, sourceName);
  const key = normal.key === null ? null : "utf8" in normal.key ? normal.key.utf8 : normal.key.base64;
  const origin = placeOf(normal.origin);
  return {
    id: newId(),
    identity: raw.identity,
    body: raw.body,
    headers: JSON.stringify(raw.headers),
    native: JSON.stringify(raw.native),
    normal: JSON.stringify(normal),
    rule: normal.rule,
    reason: normal.reason,
    fingerprint: pgSafe(group.key, MAX.title),
    title: pgSafe(group.title, MAX.title),
    errorType: capped(normal.error?.type, MAX.errorType),
    errorMessage: capped(normal.error?.message, MAX.errorMessage),
    origin: capped(origin, MAX.origin),
    key: capped(key, MAX.key),
    attempts: normal.attempts,
    contentType: capped(contentTypeOf(raw.native, raw.headers), MAX.contentType),
    search: searchText(raw, normal, key),
    firstFailedAt: moment(normal.firstFailedAt),
    lastFailedAt: moment(normal.lastFailedAt),
    lineage: lineageOf(raw),
  };
}

const capped = (text: string | null | undefined, max: number): string | null =>
  text === null || text === undefined || text === "" ? null : pgSafe(text, max);

/** Postgres reaches from 4713 BC to 294276 AD; a broker's clock may say anything. */
function moment(iso: string | null): Date | null {
  if (iso === null) return null;
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1970 || date.getUTCFullYear() > 9999 ? null : date;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function lineageOf({ headers, native }: RawDeath): NewDeath["lineage"] {
  const stamp = stampOf(headers);
  if (stamp !== null) return { messageId: stamp.messageId };
  // pg-boss has no headers: a resent job's id is our attempt's, and its dead letter names it
  if (native.transport === "pgboss" && native.sourceId !== null && UUID.test(native.sourceId)) return { attemptId: native.sourceId };
  return null;
}

function searchText({ headers, native }: RawDeath, normal: NormalForm, key: string | null): string {
  const words = [
    normal.error?.type,
    normal.error?.message,
    key,
    normal.originalMessageId,
    normal.correlationId,
    normal.traceId,
    normal.origin?.queue,
    normal.origin?.exchange,
    normal.origin?.topic,
    normal.origin?.subject,
    ...nativeWords(native),
    ...headers.flatMap(headerWords),
  ];
  const text = words.filter((word) => word !== null && word !== undefined && word !== "").join("\n");
  return pgSafe(text, MAX.search).toLowerCase();
}

/** Scalar header values; nested tables are the broker's own history, told by the normal form. */
const headerWords = ({ value }: Header): string[] => {
  const word = scalar(value);
  return word === null ? [] : [word.slice(0, MAX_SEARCHED_VALUE)];
};

const scalar = (value: TypedValue): string | null => ("v" in value && typeof value.v === "string" && value.t !== "raw" ? value.v : null);
