import { isInteger, type Header, type IntegerType, type TypedValue } from "#core/message/header.ts";
import { ByteReader, ByteWriter, invalid } from "./bytes.ts";
import { checkValue, MAX_DEPTH, WHOLE_FIELD } from "./field-table.ts";
import { INTEGER_TYPES, uint64Bytes } from "./integers.ts";

/**
 * Writes headers as the fields of an AMQP 0-9-1 table, without its length: the inverse of `decodeTable`.
 * Throws Fault `invalid` for what AMQP can not carry; a broken frame would close the connection for everybody on it.
 */
export function encodeTable(headers: readonly Header[]): Buffer {
  const writer = new ByteWriter();
  writeFields(writer, headers, 0);
  return writer.done();
}

function writeFields(writer: ByteWriter, headers: readonly Header[], depth: number): void {
  for (const { name, value } of headers) {
    const whole = value.t === "raw" ? wholeField(value.v) : null;
    // Under another name it is an edit: the new name counts, and the old value.
    if (whole !== null && whole.shownName === name) {
      writer.bytes(whole.field);
      continue;
    }
    writer.shortText(name, "a header's name");
    if (whole === null) writeValue(writer, value, depth);
    else writer.bytes(whole.value);
  }
}

type WholeField = { readonly field: Buffer; readonly value: Buffer; readonly shownName: string };

function wholeField(base64: string): WholeField | null {
  const bytes = Buffer.from(base64, "base64");
  if (bytes[0] !== WHOLE_FIELD) return null;
  const field = bytes.subarray(1);
  const reader = new ByteReader(field);
  const name = reader.take(reader.uint8());
  const value = field.subarray(reader.at);
  checkValue(value);
  return { field, value, shownName: name.toString("utf8") };
}

function writeValue(writer: ByteWriter, value: TypedValue, depth: number): void {
  if (isInteger(value)) return integer(writer, value);
  switch (value.t) {
    case "text":
      return long(writer, "S", Buffer.from(value.v, "utf8"));
    case "rawtext":
      return long(writer, "S", Buffer.from(value.v, "base64"));
    case "bytes":
      return long(writer, "x", Buffer.from(value.v, "base64"));
    case "bool":
      tag(writer, "t");
      return writer.uint8(value.v ? 1 : 0);
    case "float32":
      return bits(writer, "f", value.v, 4);
    case "float64":
      return bits(writer, "d", value.v, 8);
    case "decimal":
      return decimal(writer, value.scale, value.v);
    case "timestamp":
      tag(writer, "T");
      return writer.bytes(uint64Bytes(value.v));
    case "void":
      return tag(writer, "V");
    case "table":
    case "array":
      return nested(writer, value, depth);
    case "raw": {
      const bytes = Buffer.from(value.v, "base64");
      checkValue(bytes);
      return writer.bytes(bytes);
    }
  }
}

function integer(writer: ByteWriter, value: { readonly t: IntegerType; readonly v: string }): void {
  const codec = INTEGER_TYPES.get(value.t);
  if (codec === undefined) throw invalid(`RabbitMQ has no ${value.t} in a header`);
  tag(writer, codec.tag);
  writer.bytes(codec.write(value.v));
}

function nested(writer: ByteWriter, value: Extract<TypedValue, { t: "table" | "array" }>, depth: number): void {
  if (depth >= MAX_DEPTH) throw invalid(`headers nest deeper than ${MAX_DEPTH}`);
  tag(writer, value.t === "table" ? "F" : "A");
  writer.withLength(() => {
    if (value.t === "table") writeFields(writer, value.v, depth + 1);
    else for (const element of value.v) writeValue(writer, element, depth + 1);
  });
}

const tag = (writer: ByteWriter, letter: string): void => writer.uint8(letter.charCodeAt(0));

function long(writer: ByteWriter, letter: string, bytes: Buffer): void {
  tag(writer, letter);
  writer.uint32(bytes.length);
  writer.bytes(bytes);
}

function bits(writer: ByteWriter, letter: string, hex: string, size: number): void {
  if (hex.length !== size * 2 || !/^[0-9a-f]+$/i.test(hex)) throw invalid(`${hex.slice(0, 40)} are not ${size} bytes in hex`);
  tag(writer, letter);
  writer.bytes(Buffer.from(hex, "hex"));
}

function decimal(writer: ByteWriter, scale: number, unscaled: string): void {
  const digits = /^\d{1,10}$/.test(unscaled) ? Number(unscaled) : Number.NaN;
  if (!(digits <= 0xffffffff) || !Number.isInteger(scale) || scale < 0 || scale > 255) {
    throw invalid(`${unscaled.slice(0, 40)} with scale ${scale} is no AMQP decimal`);
  }
  tag(writer, "D");
  writer.uint8(scale);
  writer.uint32(digits);
}
