import { isUtf8 } from "node:buffer";
import { Fault } from "#core/fault.ts";
import type { Header } from "#core/message/header.ts";

const NAME_END = 1;
const PROPERTY_END = 2;

/**
 * Properties as they are stored, in their order: name, 0x01, value, 0x02. A part without 0x01 is a name without a value.
 * Source: MessageDecoder of RocketMQ 5.3.
 */
export function headersOf(properties: Buffer): Header[] {
  const headers: Header[] = [];
  for (let at = 0; at < properties.length; ) {
    const found = properties.indexOf(PROPERTY_END, at);
    const end = found === -1 ? properties.length : found;
    const split = properties.subarray(at, end).indexOf(NAME_END);
    const name = properties.toString("utf8", at, split === -1 ? end : at + split);
    const value = properties.subarray(split === -1 ? end : at + split + 1, end);
    if (end > at) headers.push({ name, value: split === -1 ? { t: "void" } : isUtf8(value) ? { t: "text", v: value.toString("utf8") } : { t: "bytes", v: value.toString("base64") } });
    at = end + 1;
  }
  return headers;
}

// eslint-disable-next-line no-control-regex -- they separate properties on the wire
const SEPARATOR = /[\u0001\u0002]/;

/** What no broker would carry, in words for the operator, or null. */
function whyNot(headers: readonly Header[]): string | null {
  const seen = new Set<string>();
  for (const { name, value } of headers) {
    if (value.t !== "text") return `the property ${name} is no text, and RocketMQ carries nothing else`;
    if (name === "" || value.v === "") return `the broker would drop the property "${name}": names and values must not be empty`;
    if (SEPARATOR.test(name) || SEPARATOR.test(value.v)) return `the property ${name} holds a character by which the broker separates properties`;
    if (seen.has(name)) return `the property ${name} is there twice, and the broker keeps one value a name`;
    // a half message waits for a producer's verdict, which nobody would give
    if (name === "TRAN_MSG" && value.v.toLowerCase() === "true") return "with TRAN_MSG=true the broker would hide it until a transaction is committed";
    seen.add(name);
  }
  return null;
}

/** The properties to send. Throws Fault for what the broker would drop or take for something else. */
export function propertiesOf(headers: readonly Header[]): ReadonlyMap<string, string> {
  const reason = whyNot(headers);
  if (reason !== null) throw new Fault("unsupported", reason);
  return new Map(headers.map(({ name, value }) => [name, value.t === "text" ? value.v : ""]));
}

/** Properties as a request carries them. */
export const joined = (properties: ReadonlyMap<string, string>): string => [...properties].map(([name, value]) => `${name}\u0001${value}\u0002`).join("");
