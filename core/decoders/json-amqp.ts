import { itemsOf, membersOf, stringOf, type Span } from "../json/read.ts";
import type { Header, TypedValue } from "../message/header.ts";
import type { AmqpProperties } from "../message/raw.ts";
import { isoOfText } from "./time.ts";

const MAX_DEPTH = 16;
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** The IEEE 754 bits of a number in hex, big endian. */
function doubleBits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

function numberOf(digits: string): TypedValue {
  if (/^-?\d{1,19}$/.test(digits)) {
    const value = BigInt(digits);
    if (value >= INT64.min && value <= INT64.max) return { t: "int64", v: String(value) };
  }
  return { t: "float64", v: doubleBits(Number(digits)) };
}

/** A JSON value as Ruby's AMQP client writes it into a table: every integer in 64 bits. Null is `void`. */
function typedOf(text: string, value: Span, depth: number): TypedValue {
  const first = text[value.start];
  if (depth > MAX_DEPTH) return { t: "void" };
  if (first === '"') return { t: "text", v: stringOf(text, value) ?? "" };
  if (first === "{") return { t: "table", v: membersOf(text, value).map(({ key, value }) => ({ name: key, value: typedOf(text, value, depth + 1) })) };
  if (first === "[") return { t: "array", v: itemsOf(text, value).map((item) => typedOf(text, item, depth + 1)) };
  if (first === "t" || first === "f") return { t: "bool", v: first === "t" };
  return first === "n" ? { t: "void" } : numberOf(text.slice(value.start, value.end));
}

/** The members of a JSON object as headers. */
export const headersIn = (text: string, object: Span): Header[] => membersOf(text, object).map(({ key, value }) => ({ name: key, value: typedOf(text, value, 0) }));

/** Names of properties as Bunny spells them; expiration and user id are not brought back: they would drop or refuse a resend. */
const TEXTS = {
  content_type: "contentType",
  content_encoding: "contentEncoding",
  correlation_id: "correlationId",
  reply_to: "replyTo",
  message_id: "messageId",
  type: "type",
  app_id: "appId",
} as const;
const OCTETS = { delivery_mode: "deliveryMode", priority: "priority" } as const;
const MAX_SHORTSTR = 255;

const isName = <T extends object>(names: T, name: string): name is keyof T & string => Object.hasOwn(names, name);

/** Seconds since the epoch of a time as Ruby writes it to JSON, or null. */
function secondsOf(text: string | null): string | null {
  const iso = isoOfText(text?.replace(/ UTC$/, "Z").replace(/ ([+-]\d\d):?(\d\d)$/, "$1:$2") ?? null);
  return iso === null ? null : String(Math.floor(Date.parse(iso) / 1000));
}

/** AMQP properties kept as a JSON object; what AMQP could not carry is left out. */
export function propertiesIn(text: string, object: Span): AmqpProperties {
  const properties: Record<string, string | number> = {};
  for (const { key, value } of membersOf(text, object)) {
    const written = stringOf(text, value);
    if (isName(TEXTS, key) && written !== null && new TextEncoder().encode(written).length <= MAX_SHORTSTR) properties[TEXTS[key]] = written;
    const digits = text.slice(value.start, value.end);
    if (isName(OCTETS, key) && /^\d{1,3}$/.test(digits) && Number(digits) <= 255) properties[OCTETS[key]] = Number(digits);
    const seconds = key === "timestamp" ? secondsOf(written) : null;
    if (seconds !== null) properties["timestamp"] = seconds;
  }
  return properties;
}
