import { isUtf8 } from "node:buffer";
import type { Header, TypedValue } from "#core/message/header.ts";
import { ByteReader, invalid } from "./bytes.ts";
import { INTEGER_TAGS } from "./integers.ts";

/** Values nested deeper than this are kept as `raw`: no screen shows them, and no recursion goes further. */
export const MAX_DEPTH = 64;

/** First byte of a `raw` that is a whole field with its name, because the name is not UTF-8. No type has this tag. */
export const WHOLE_FIELD = 0;

/**
 * Reads the fields of an AMQP 0-9-1 table, without its length, type for type.
 * Throws Fault `invalid` when the bytes are no table, however hostile their lengths.
 */
export function decodeTable(bytes: Buffer): Header[] {
  const deeper: Buffer[] = [];
  const headers = readFields(new ByteReader(bytes), 0, deeper);
  checkDeeper(deeper);
  return headers;
}

/** Throws Fault `invalid` unless `bytes` is exactly one tagged value. */
export const checkValue = (bytes: Buffer): void => checkDeeper([bytes]);

/** Walks what was left unopened in slices of MAX_DEPTH, so that depth costs no stack. */
function checkDeeper(pending: Buffer[]): void {
  for (let bytes = pending.pop(); bytes !== undefined; bytes = pending.pop()) {
    const reader = new ByteReader(bytes);
    readValue(reader, 0, pending);
    if (!reader.done) throw invalid("a field value is longer than its type");
  }
}

function readFields(reader: ByteReader, depth: number, deeper: Buffer[]): Header[] {
  const headers: Header[] = [];
  while (!reader.done) {
    const name = reader.take(reader.uint8());
    const start = reader.at;
    const value = readValue(reader, depth, deeper);
    headers.push(isUtf8(name) ? { name: name.toString("utf8"), value } : wholeField(name, reader.since(start)));
  }
  return headers;
}

/** The name is shown as well as it can be; the field's bytes are kept. */
function wholeField(name: Buffer, value: Buffer): Header {
  const field = Buffer.concat([Buffer.of(WHOLE_FIELD, name.length), name, value]);
  return { name: name.toString("utf8"), value: raw(field) };
}

function readArray(reader: ByteReader, depth: number, deeper: Buffer[]): TypedValue[] {
  const values: TypedValue[] = [];
  while (!reader.done) values.push(readValue(reader, depth, deeper));
  return values;
}

const raw = (bytes: Buffer): TypedValue => ({ t: "raw", v: bytes.toString("base64") });

function readValue(reader: ByteReader, depth: number, deeper: Buffer[]): TypedValue {
  const start = reader.at;
  const tag = String.fromCharCode(reader.uint8());
  const integer = INTEGER_TAGS.get(tag);
  if (integer !== undefined) return { t: integer.type, v: integer.read(reader.take(integer.size)) };
  switch (tag) {
    case "S":
      return readText(reader.take(reader.uint32()));
    case "t": {
      const flag = reader.uint8();
      // Any other byte means true to most clients, but would not come out as it went in.
      return flag > 1 ? raw(reader.since(start)) : { t: "bool", v: flag === 1 };
    }
    case "F":
    case "A": {
      const content = reader.take(reader.uint32());
      if (depth >= MAX_DEPTH) {
        const value = reader.since(start);
        deeper.push(value);
        return raw(value);
      }
      const inner = new ByteReader(content);
      return tag === "F"
        ? { t: "table", v: readFields(inner, depth + 1, deeper) }
        : { t: "array", v: readArray(inner, depth + 1, deeper) };
    }
    case "x":
      return { t: "bytes", v: reader.take(reader.uint32()).toString("base64") };
    case "f":
      return { t: "float32", v: reader.take(4).toString("hex") };
    case "d":
      return { t: "float64", v: reader.take(8).toString("hex") };
    case "D":
      return { t: "decimal", scale: reader.uint8(), v: String(reader.uint32()) };
    case "T":
      return { t: "timestamp", v: reader.take(8).readBigUInt64BE().toString() };
    case "V":
      return { t: "void" };
    default:
      throw invalid(`no field type has the tag 0x${reader.since(start).toString("hex")}`);
  }
}

const readText = (bytes: Buffer): TypedValue =>
  isUtf8(bytes) ? { t: "text", v: bytes.toString("utf8") } : { t: "rawtext", v: bytes.toString("base64") };
