/**
 * One value as a broker carried it, type for type, safe in JSON: integers beyond 2^53 and 64-bit timestamps are
 * decimal text, bytes are base64, tables keep their order and may repeat a name.
 * AMQP 0-9-1 uses all of them; Kafka, NATS and Redis use `text`, `bytes` and `void`.
 */
export type TypedValue =
  | { readonly t: "text"; readonly v: string } // valid UTF-8 text (AMQP longstr S)
  | { readonly t: "rawtext"; readonly v: string } // text that is not UTF-8, base64 (AMQP longstr S)
  | { readonly t: "bytes"; readonly v: string } // base64 (AMQP byte array x, Kafka bytes that are no text)
  | { readonly t: "bool"; readonly v: boolean }
  | { readonly t: IntegerType; readonly v: string }
  | { readonly t: "float32" | "float64"; readonly v: string } // the IEEE 754 bits in hex, big endian
  | { readonly t: "decimal"; readonly scale: number; readonly v: string } // unscaled value
  | { readonly t: "timestamp"; readonly v: string } // seconds since the epoch, unsigned 64 bit
  | { readonly t: "void" }
  | { readonly t: "array"; readonly v: readonly TypedValue[] }
  | { readonly t: "table"; readonly v: readonly Header[] }
  | { readonly t: "raw"; readonly v: string }; // base64 of an encoded value nested too deep to open

export type IntegerType = "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "int64" | "uint64";

/** A header in its place: names may repeat and their order is kept. */
export type Header = { readonly name: string; readonly value: TypedValue };

/** A text header. */
export const text = (name: string, v: string): Header => ({ name, value: { t: "text", v } });

/** The first value under `name`, exact case, or null. */
export const headerValue = (headers: readonly Header[], name: string): TypedValue | null =>
  headers.find((header) => header.name === name)?.value ?? null;

/** The first value under `name` when it is text, or null. */
export const headerText = (headers: readonly Header[], name: string): string | null => {
  const value = headerValue(headers, name);
  return value?.t === "text" ? value.v : null;
};

const INTEGERS = new Set<string>(["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]);

/** Whether a value is one of the integer types. */
export const isInteger = (value: TypedValue): value is { t: IntegerType; v: string } => INTEGERS.has(value.t);

/** The float in a float32 or float64 value's bits. */
export function floatOf(value: { readonly t: "float32" | "float64"; readonly v: string }): number {
  const view = new DataView(new ArrayBuffer(8));
  if (value.t === "float32") {
    view.setUint32(0, Number.parseInt(value.v, 16));
    return view.getFloat32(0);
  }
  view.setBigUint64(0, BigInt(`0x${value.v}`));
  return view.getFloat64(0);
}
