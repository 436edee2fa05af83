import { isUtf8 } from "node:buffer";
import { Fault } from "#core/fault.ts";
import { isInteger, type Header, type TypedValue } from "#core/message/header.ts";

/**
 * The header block of a message as it is on the wire: `NATS/1.0`, then a line a header, ended by an empty line (ADR-4).
 * The client's own reader groups by name, which loses the order, trims values, reads bytes that are no UTF-8 as `U+FFFD`,
 * and throws for names that are no HTTP token; the server keeps the block as it came.
 */
const VERSION = "NATS/1.0";
const CRLF = Buffer.from("\r\n");

/** Reads a block in its order. One space after the colon belongs to the line; a line without a colon has the value `void`. */
export function decodeBlock(block: Uint8Array): Header[] {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const headers: Header[] = [];
  // the first line is the version
  for (let at = after(bytes, 0); at < bytes.length; at = after(bytes, at)) {
    const end = endOfLine(bytes, at);
    if (end > at) headers.push(headerOf(bytes.subarray(at, end)));
  }
  return headers;
}

const endOfLine = (bytes: Buffer, from: number): number => {
  const end = bytes.indexOf(CRLF, from);
  return end === -1 ? bytes.length : end;
};
const after = (bytes: Buffer, from: number): number => endOfLine(bytes, from) + CRLF.length;

function headerOf(line: Buffer): Header {
  const colon = line.indexOf(":");
  if (colon === -1) return { name: line.toString("utf8"), value: { t: "void" } };
  const from = line[colon + 1] === 0x20 ? colon + 2 : colon + 1;
  return { name: line.subarray(0, colon).toString("utf8"), value: valueOf(line.subarray(from)) };
}

const valueOf = (bytes: Buffer): TypedValue =>
  isUtf8(bytes) ? { t: "text", v: bytes.toString("utf8") } : { t: "bytes", v: bytes.toString("base64") };

/** Writes a block; empty for no headers. Throws Fault `invalid` for what a line can not hold. */
export function encodeBlock(headers: readonly Header[]): Uint8Array {
  if (headers.length === 0) return new Uint8Array();
  const parts: Buffer[] = [Buffer.from(VERSION), CRLF];
  for (const header of headers) parts.push(lineOf(header), CRLF);
  return Buffer.concat([...parts, CRLF]);
}

function lineOf({ name, value }: Header): Buffer {
  if (name === "" || /[:\r\n]/.test(name)) throw new Fault("invalid", `a header's name can not be ${JSON.stringify(name.slice(0, 80))} in NATS`);
  if (value.t === "void") return Buffer.from(name);
  const bytes = bytesOf(name, value);
  if (bytes.includes(0x0d) || bytes.includes(0x0a)) throw new Fault("invalid", `the header ${name} holds a line break, which NATS can not carry`);
  return Buffer.concat([Buffer.from(`${name}: `), bytes]);
}

function bytesOf(name: string, value: TypedValue): Buffer {
  if (value.t === "text") return Buffer.from(value.v);
  if (value.t === "bytes" || value.t === "rawtext") return Buffer.from(value.v, "base64");
  // of a message that came from another kind of broker
  if (value.t === "bool" || isInteger(value)) return Buffer.from(String(value.v));
  throw new Fault("invalid", `the header ${name} is of type ${value.t}; NATS carries text`);
}
