import type { Header, TypedValue } from "#core/message/header.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bodies that have broken consoles before. A broker that carries JSON only takes those of `nastyJsonBodies`. */
export const nastyBodies = (): Readonly<Record<string, Uint8Array>> => ({
  empty: new Uint8Array(),
  "every byte": Uint8Array.from({ length: 512 }, (_, i) => i % 256),
  "one NUL": Uint8Array.of(0),
  "not UTF-8": Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80),
  "16 MiB": new Uint8Array(16 * 1024 * 1024).fill(0xa5),
  ...nastyJsonBodies(),
});

/** JSON texts that are legal and hostile. */
export const nastyJsonBodies = (): Readonly<Record<string, Uint8Array>> => ({
  "JSON 100,000 deep": bytes(`${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  "prototype keys": bytes('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  "20 digits": bytes('{"id":12345678901234567890,"big":1e400}'),
  "repeated key": bytes('{"a":1,"a":2}'),
  "NUL in JSON": bytes('{"a":"\\u0000"}'),
  "lone surrogate": bytes('{"a":"\\ud800"}'),
});

const nested = (depth: number): TypedValue => {
  let value: TypedValue = { t: "text", v: "bottom" };
  for (let i = 0; i < depth; i++) {
    value = i % 2 === 0 ? { t: "table", v: [{ name: "n", value }] } : { t: "array", v: [value, { t: "void" }] };
  }
  return value;
};

/** One header of every type there is, with the extremes; for brokers that carry typed headers. */
export const typedHeaders = (): readonly Header[] => [
  { name: "text", value: { t: "text", v: "naïve 🦊 \u0000 end" } },
  { name: "empty", value: { t: "text", v: "" } },
  { name: "long", value: { t: "text", v: "stack ".repeat(12_000) } },
  { name: "rawtext", value: { t: "rawtext", v: Buffer.of(0xff, 0xfe, 0x00, 0x80).toString("base64") } },
  { name: "bytes", value: { t: "bytes", v: Buffer.of(0, 1, 2, 255).toString("base64") } },
  { name: "yes", value: { t: "bool", v: true } },
  { name: "no", value: { t: "bool", v: false } },
  { name: "int8", value: { t: "int8", v: "-128" } },
  { name: "uint8", value: { t: "uint8", v: "255" } },
  { name: "int16", value: { t: "int16", v: "-32768" } },
  { name: "uint16", value: { t: "uint16", v: "65535" } },
  { name: "int32", value: { t: "int32", v: "5" } },
  { name: "uint32", value: { t: "uint32", v: "4294967295" } },
  { name: "int64", value: { t: "int64", v: "-9223372036854775808" } },
  { name: "float32", value: { t: "float32", v: "3f8ccccd" } },
  { name: "float64", value: { t: "float64", v: "3ff199999999999a" } },
  { name: "decimal", value: { t: "decimal", scale: 2, v: "4294967295" } },
  { name: "timestamp", value: { t: "timestamp", v: "18446744073709551615" } },
  { name: "void", value: { t: "void" } },
  { name: "array", value: { t: "array", v: [{ t: "int8", v: "1" }, { t: "int64", v: "1" }, { t: "text", v: "1" }] } },
  { name: "nested", value: nested(40) },
  { name: "__proto__", value: { t: "table", v: [{ name: "polluted", value: { t: "bool", v: true } }] } },
  { name: "constructor", value: { t: "text", v: "x" } },
  { name: "", value: { t: "text", v: "nameless" } },
  { name: "odd \u0000 näme 🦊", value: { t: "text", v: "x" } },
  { name: "n".repeat(255), value: { t: "text", v: "longest name" } },
  { name: "twice", value: { t: "text", v: "first" } },
  { name: "twice", value: { t: "text", v: "second" } },
];
