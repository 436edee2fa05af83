import { isUtf8 } from "node:buffer";
import type { Header } from "#core/message/header.ts";
import type { AmqpProperties } from "#core/message/raw.ts";
import { ByteReader, ByteWriter, invalid } from "./bytes.ts";
import { encodeTable } from "./field-table-encode.ts";
import { decodeTable } from "./field-table.ts";
import { uint64Bytes } from "./integers.ts";

/** The properties of basic.publish in the order of the wire, each with its bit in the flags. */
const FIELDS = [
  { name: "contentType", flag: 0x8000, as: "text" },
  { name: "contentEncoding", flag: 0x4000, as: "text" },
  { name: "headers", flag: 0x2000, as: "table" },
  { name: "deliveryMode", flag: 0x1000, as: "octet" },
  { name: "priority", flag: 0x0800, as: "octet" },
  { name: "correlationId", flag: 0x0400, as: "text" },
  { name: "replyTo", flag: 0x0200, as: "text" },
  { name: "expiration", flag: 0x0100, as: "text" },
  { name: "messageId", flag: 0x0080, as: "text" },
  { name: "timestamp", flag: 0x0040, as: "time" },
  { name: "type", flag: 0x0020, as: "text" },
  { name: "userId", flag: 0x0010, as: "text" },
  { name: "appId", flag: 0x0008, as: "text" },
  { name: "clusterId", flag: 0x0004, as: "text" },
] as const;
const HEADERS_FLAG = 0x2000;

export type ContentHeader = {
  readonly properties: AmqpProperties;
  readonly headers: readonly Header[];
};

export type DecodedContentHeader = ContentHeader & {
  /** The bytes of the header table without its length; empty when there is none. */
  readonly table: Buffer;
  /** The bytes of everything else, in pieces: equal pieces, equal properties. */
  readonly rest: readonly Buffer[];
};

/** Reads the flags and properties of a content header frame. Throws Fault `invalid`. */
export function decodeContentHeader(bytes: Buffer): DecodedContentHeader {
  const reader = new ByteReader(bytes);
  const flags = reader.uint16();
  const properties: Record<string, unknown> = {};
  const notText: Record<string, string> = {};
  const known = Buffer.alloc(2);
  known.writeUInt16BE(flags & ~HEADERS_FLAG);
  const rest: Buffer[] = [known];
  let table: Buffer = Buffer.alloc(0);
  for (const { name, flag, as } of FIELDS) {
    if ((flags & flag) === 0) continue;
    if (as === "table") {
      table = reader.take(reader.uint32());
      continue;
    }
    const start = reader.at;
    if (as === "octet") properties[name] = reader.uint8();
    else if (as === "time") properties[name] = reader.take(8).readBigUInt64BE().toString();
    else {
      const value = reader.take(reader.uint8());
      properties[name] = value.toString("utf8");
      if (!isUtf8(value)) notText[name] = value.toString("base64");
    }
    rest.push(reader.since(start));
  }
  if (!reader.done) throw invalid("a content header is longer than its properties");
  if (Object.keys(notText).length > 0) properties["notText"] = notText;
  return { properties: properties as AmqpProperties, headers: decodeTable(table), table, rest };
}

/** Writes flags and properties of a content header frame. Throws Fault `invalid` for values AMQP can not carry. */
export function encodeContentHeader({ properties, headers }: ContentHeader): Buffer {
  const writer = new ByteWriter();
  let flags = headers.length > 0 ? HEADERS_FLAG : 0;
  for (const { name, flag } of FIELDS) if (name !== "headers" && properties[name] !== undefined) flags |= flag;
  writer.uint16(flags);
  for (const field of FIELDS) {
    if ((flags & field.flag) === 0) continue;
    if (field.as === "table") {
      const table = encodeTable(headers);
      writer.uint32(table.length);
      writer.bytes(table);
    } else if (field.as === "octet") writer.uint8(octet(field.name, properties[field.name]));
    else if (field.as === "time") writer.bytes(uint64Bytes(properties[field.name] ?? ""));
    else {
      const bytes = properties.notText?.[field.name];
      if (bytes === undefined) writer.shortText(properties[field.name] ?? "", field.name);
      else shortBytes(writer, Buffer.from(bytes, "base64"), field.name);
    }
  }
  return writer.done();
}

function octet(name: string, value: number | undefined): number {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value > 255) throw invalid(`${name} is no octet`);
  return value;
}

function shortBytes(writer: ByteWriter, bytes: Buffer, what: string): void {
  if (bytes.length > 255) throw invalid(`${what} is ${bytes.length} bytes long, AMQP takes 255`);
  writer.uint8(bytes.length);
  writer.bytes(bytes);
}
