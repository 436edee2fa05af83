import fc from "fast-check";
import { expect, test } from "vitest";
import { Fault } from "#core/fault.ts";
import type { Header, TypedValue } from "#core/message/header.ts";
import { typedHeaders } from "#test/nasty-messages.ts";
import { encodeTable } from "./field-table-encode.ts";
import { decodeTable, MAX_DEPTH } from "./field-table.ts";

const u32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
};
const field = (name: string, ...value: (string | Buffer)[]): Buffer =>
  Buffer.concat([Buffer.of(Buffer.byteLength(name)), Buffer.from(name), ...value.map((part) => Buffer.from(part as string))]);
const long = (tag: string, content: Buffer): Buffer => Buffer.concat([Buffer.from(tag), u32(content.length), content]);

/** A value of every type as bytes on the wire, made without the encoder under test. */
const wireValue = fc.letrec<{ value: Buffer; leaf: Buffer; table: Buffer; array: Buffer }>((tie) => {
  const sized = (tag: string, size: number) =>
    fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => Buffer.concat([Buffer.from(tag), bytes]));
  const fields = fc
    .array(fc.tuple(fc.uint8Array({ maxLength: 255 }), tie("value")), { maxLength: 5 })
    .map((entries) => Buffer.concat(entries.flatMap(([name, value]) => [Buffer.of(name.length), Buffer.from(name), value])));
  return {
    value: fc.oneof({ depthSize: "medium" }, tie("leaf"), tie("table"), tie("array")),
    leaf: fc.oneof(
      fc.string({ unit: "binary" }).map((text) => long("S", Buffer.from(text))),
      fc.uint8Array().map((bytes) => long("S", Buffer.from(bytes))),
      fc.uint8Array().map((bytes) => long("x", Buffer.from(bytes))),
      sized("t", 1),
      sized("b", 1),
      sized("B", 1),
      sized("s", 2),
      sized("u", 2),
      sized("I", 4),
      sized("i", 4),
      sized("l", 8),
      sized("f", 4),
      sized("d", 8),
      sized("D", 5),
      sized("T", 8),
      fc.constant(Buffer.from("V")),
    ),
    table: fields.map((content) => long("F", content)),
    array: fc.array(tie("value"), { maxLength: 5 }).map((values) => long("A", Buffer.concat(values))),
  };
});

const wireTable = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 255 }), wireValue.value), { maxLength: 8 })
  .map((entries) => Buffer.concat(entries.flatMap(([name, value]) => [Buffer.of(name.length), Buffer.from(name), value])));

test("any table comes out byte for byte, through JSON", () => {
  fc.assert(
    fc.property(wireTable, (bytes) => {
      const headers = JSON.parse(JSON.stringify(decodeTable(bytes))) as Header[];
      expect(encodeTable(headers).equals(bytes)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("bytes that are no table are refused as invalid, never otherwise", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeTable(Buffer.from(bytes));
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid" });
      }
    }),
    { numRuns: 2000 },
  );
});

test("every type with its extremes survives encode and decode", () => {
  const bytes = encodeTable(typedHeaders());
  expect(decodeTable(bytes)).toEqual(typedHeaders());
});

test.each<[string, Buffer, TypedValue]>([
  ["long text", field("h", "S", u32(1), "a"), { t: "text", v: "a" }],
  ["text that is not UTF-8", field("h", "S", u32(1), Buffer.of(0xff)), { t: "rawtext", v: "/w==" }],
  ["int8 stays int8", field("h", "b", Buffer.of(0xff)), { t: "int8", v: "-1" }],
  ["int64 beyond 2^53", field("h", "l", Buffer.from("7fffffffffffffff", "hex")), { t: "int64", v: "9223372036854775807" }],
  ["timestamp of 64 bits", field("h", "T", Buffer.from("ffffffffffffffff", "hex")), { t: "timestamp", v: "18446744073709551615" }],
  ["NaN keeps its payload", field("h", "d", Buffer.from("7ff8000000000001", "hex")), { t: "float64", v: "7ff8000000000001" }],
  ["a strange true is kept as it came", field("h", "t", Buffer.of(2)), { t: "raw", v: Buffer.from("t\u0002").toString("base64") }],
])("%s", (_label, bytes, value) => {
  expect(decodeTable(bytes)).toEqual([{ name: "h", value }]);
  expect(encodeTable([{ name: "h", value }])).toEqual(bytes);
});

test("a name that is not UTF-8 is kept, and can be renamed", () => {
  const bytes = Buffer.concat([Buffer.of(2, 0xff, 0x61), Buffer.from("V")]);
  const [header] = decodeTable(bytes);
  expect(header?.name).toBe("\ufffda");
  expect(encodeTable([header as Header])).toEqual(bytes);
  expect(encodeTable([{ name: "new", value: (header as Header).value }])).toEqual(field("new", "V"));
});

test("what nests deeper than is opened is kept byte for byte, however deep", () => {
  let value: Buffer = Buffer.from("V");
  for (let i = 0; i < 5_000; i++) value = long("A", value);
  const bytes = field("deep", value);
  const headers = decodeTable(bytes);
  let opened = 0;
  let inner = headers[0]?.value;
  while (inner?.t === "array") {
    inner = inner.v[0];
    opened++;
  }
  expect(opened).toBe(MAX_DEPTH);
  expect(inner?.t).toBe("raw");
  expect(encodeTable(headers).equals(bytes)).toBe(true);
});

test.each<[string, Buffer]>([
  ["a length past the end", field("h", "S", u32(0xffffffff), "a")],
  ["a table longer than its parent", field("h", "F", u32(20), "a")],
  ["an unknown type", field("h", "Z")],
  ["a name without a value", Buffer.of(1, 0x61)],
  ["a hostile length below the depth that is opened", field("h", deepWith(Buffer.concat([Buffer.from("S"), u32(99)])))],
])("%s is invalid", (_label, bytes) => {
  expect(() => decodeTable(bytes)).toThrow(Fault);
});

function deepWith(bottom: Buffer): Buffer {
  let value: Buffer = bottom;
  for (let i = 0; i < 200; i++) value = long("A", value);
  return value;
}

test.each<[string, TypedValue]>([
  ["an integer out of range", { t: "int8", v: "128" }],
  ["an integer that is no number", { t: "int64", v: "1e3" }],
  ["a uint64, which RabbitMQ lacks", { t: "uint64", v: "1" }],
  ["a negative timestamp", { t: "timestamp", v: "-1" }],
  ["a decimal beyond 32 bits", { t: "decimal", scale: 0, v: "4294967296" }],
  ["a float of too few bits", { t: "float64", v: "3f8ccccd" }],
  ["raw bytes that are no value", { t: "raw", v: Buffer.from("S").toString("base64") }],
  ["raw bytes that are a value and a half", { t: "raw", v: Buffer.from("VV").toString("base64") }],
])("%s can not be written", (_label, value) => {
  expect(() => encodeTable([{ name: "h", value }])).toThrow(Fault);
});

test("a name beyond 255 bytes can not be written", () => {
  expect(() => encodeTable([{ name: "ä".repeat(128), value: { t: "void" } }])).toThrow(Fault);
});
