import { decode as msgpackDecode, encode as msgpackEncode } from "@msgpack/msgpack";
import * as cborg from "cborg";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readCbor } from "./cbor-read.ts";
import { writeCbor } from "./cbor-write.ts";
import { readMessagePack } from "./messagepack-read.ts";
import { writeMessagePack } from "./messagepack-write.ts";
import { MAX_DEPTH, Refusal, type Node } from "./node.ts";
import { readNotation } from "./notation-read.ts";
import { writeNotation } from "./notation-write.ts";

const MAX = 100_000;
const at = 0;
const bytes = fc.uint8Array({ maxLength: 40 });
const wellFormed = fc.string({ unit: "binary", maxLength: 40 });
const text = wellFormed.map((v): Node => ({ t: "text", at, v }));
const integer = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map((v): Node => ({ t: "integer", at, v }));
const float = (width: 4 | 8) =>
  (width === 4 ? fc.float() : fc.double()).map((v): Node => ({ t: "float", at, v, width, bits: null }));

/** Values that both formats have. */
const shared: fc.Arbitrary<Node>[] = [
  fc.constant({ t: "null", at } as const),
  fc.boolean().map((v): Node => ({ t: "bool", at, v })),
  integer(-(1n << 63n), (1n << 64n) - 1n),
  integer(-300n, 300n),
  float(8),
  float(4),
  text,
  bytes.map((v): Node => ({ t: "bytes", at, v })),
  fc.constant({ t: "rawtext", at, v: Uint8Array.of(0xff, 0xfe) } as const),
];
const mark = (name: string, value: Node): Node => ({ t: "mark", at, name, value });
const listed = (...items: Node[]): Node => ({ t: "list", at, items });
const ofMessagePack: fc.Arbitrary<Node>[] = [
  fc.tuple(integer(0n, 127n), bytes).map(([type, v]) => mark("$ext", listed(type, { t: "bytes", at, v }))),
  fc
    .tuple(fc.date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }), fc.nat(999_999_999))
    .map(([date, ns]) => mark("$timestamp", { t: "text", at, v: `${date.toISOString().slice(0, 19)}${ns === 0 ? "" : `.${String(ns).padStart(9, "0").replace(/0+$/, "")}`}Z` })),
];
const ofCbor: fc.Arbitrary<Node>[] = [
  integer(-(1n << 90n), 1n << 90n),
  fc.tuple(integer(4n, (1n << 64n) - 1n), text).map(([tag, content]) => mark("$tag", listed(tag, content))),
  integer(32n, 255n).map((v) => mark("$simple", v)),
  fc.constant(mark("$undefined", { t: "bool", at, v: true })),
  fc.constantFrom(0, 1.5, -65504, Infinity, 2 ** -24).map((v): Node => ({ t: "float", at, v, width: 2, bits: null })),
  fc.constant({ t: "float", at, v: Number.NaN, width: 8, bits: 0x7ff8_0000_0000_0001n } as const),
];
const tree = (leaves: fc.Arbitrary<Node>[]): fc.Arbitrary<Node> =>
  fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      ...leaves,
      fc.array(tie("node"), { maxLength: 20 }).map((items): Node => ({ t: "list", at, items })),
      fc.array(fc.tuple(fc.oneof(text, fc.constant<Node>({ t: "text", at, v: "$bytes" }), tie("node")), tie("node")), { maxLength: 20 }).map((entries): Node => ({ t: "map", at, entries })),
    ),
  })).node;

const FORMATS = {
  MessagePack: { read: readMessagePack, write: writeMessagePack, nodes: tree([...shared, ...ofMessagePack]) },
  CBOR: { read: readCbor, write: writeCbor, nodes: tree([...shared, ...ofCbor]) },
};

test.each(Object.entries(FORMATS))("%s: bytes, value, text and back are the same bytes, whatever is in them", (_, { read, write, nodes }) => {
  fc.assert(
    fc.property(nodes, (node) => {
      const original = write(node);
      const { root, stop } = read(original, MAX);
      expect(stop).toBeNull();
      const { text: shown, cut } = writeNotation(root!, 10_000_000);
      expect(cut).toBe(false);
      // it is JSON, for whoever downloads it
      expect(() => JSON.parse(shown)).not.toThrow();
      expect(Buffer.from(write(readNotation(shown))).equals(original)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test.each(Object.entries(FORMATS))("%s: no bytes make it throw or run away", (_, { read }) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
      const { root, stop } = read(any, MAX);
      expect(root !== null || stop !== null).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

const json = fc.jsonValue({ maxDepth: 4 });

test("what the common libraries write is read as they read it", () => {
  fc.assert(
    fc.property(json, (value) => {
      const plain = (node: Node): unknown => JSON.parse(writeNotation(node, 10_000_000).text.replaceAll(/\{"\$float32": ([^}]+)\}/g, "$1"));
      // the libraries turn -0 into 0 or read a lone `$` key as what it is, and so does JSON's own comparison here
      fc.pre(!/"\$|-0\b/.test(JSON.stringify(value)) && !hasMinusZero(value));
      // Node 24's own JSON.parse takes the key `"` for the key `\` where it met an object like it with that one before
      fc.pre(!JSON.stringify(value).includes("\\"));
      const packed = msgpackEncode(value);
      expect(plain(readMessagePack(packed, MAX).root!)).toEqual(msgpackDecode(packed));
      const cbor = cborg.encode(value);
      expect(plain(readCbor(cbor, MAX).root!)).toEqual(cborg.decode(cbor));
    }),
    { numRuns: 300 },
  );
});

const hasMinusZero = (value: unknown): boolean =>
  Object.is(value, -0) || (typeof value === "object" && value !== null && Object.values(value).some(hasMinusZero));

const notationOf = (read: typeof readCbor, hex: string): string => writeNotation(read(Buffer.from(hex, "hex"), MAX).root!, 10_000).text.replaceAll(/\s+/g, " ");

// RFC 8949, appendix A
test.each([
  ["1bffffffffffffffff", "18446744073709551615"],
  ["c249010000000000000000", "18446744073709551616"],
  ["3bffffffffffffffff", "-18446744073709551616"],
  ["f98000", '{"$float16": -0.0}'],
  ["fa47c35000", '{"$float32": 100000.0}'],
  ["fb7e37e43c8800759c", "1e+300"],
  ["f97e00", '{"$float16": "NaN"}'],
  ["fbfff0000000000000", '{"$float": "-Infinity"}'],
  ["f7", '{"$undefined": true}'],
  ["f8ff", '{"$simple": 255}'],
  ["c074323031332d30332d32315432303a30343a30305a", '{"$tag": [ 0, "2013-03-21T20:04:00Z" ]}'],
  ["4401020304", '{"$bytes": "AQIDBA=="}'],
  ["a201020304", '{"$map": [ [1, 2], [3, 4] ]}'],
  ["7f657374726561646d696e67ff", '"streaming"'],
  ["bf61610161629f0203ffff", '{ "a": 1, "b": [ 2, 3 ] }'],
])("CBOR %s is %s", (hex, notation) => {
  expect(notationOf(readCbor, hex)).toBe(notation);
});

test.each([
  ["cf8ac7230489e80000", "10000000000000000000"],
  ["ca3dcccccd", '{"$float32": 0.1}'],
  ["82a16101a16102", '{"$map": [ ["a", 1], ["a", 2] ]}'],
  ["81a624627974657301", '{"$map": [ ["$bytes", 1] ]}'],
  ["d6ff65920080", '{"$timestamp": "2024-01-01T00:00:00Z"}'],
  ["a2fffe", '{"$rawtext": "//4="}'],
  ["81a95f5f70726f746f5f5f01", '{ "__proto__": 1 }'],
])("MessagePack %s is %s", (hex, notation) => {
  expect(notationOf(readMessagePack, hex)).toBe(notation);
});

test("bytes that ask for more than there is stop where they end, with what was read until then", () => {
  const huge = Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff, 0x01, 0x02);
  const { root, stop } = readMessagePack(huge, MAX);
  expect([stop?.code, stop?.at]).toEqual(["cut_short", 7]);
  expect(writeNotation(root!, 100).text.replaceAll(/\s+/g, "")).toBe("[1,2]");
  expect(readCbor(Uint8Array.of(0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), MAX).stop?.code).toBe("cut_short");
});

test("levels and values are bounded", () => {
  expect(readMessagePack(new Uint8Array(100_000).fill(0x91), MAX).stop?.code).toBe("too_deep");
  expect(readCbor(new Uint8Array(100_000).fill(0x81), MAX).stop?.code).toBe("too_deep");
  expect(readMessagePack(Uint8Array.of(0xdc, 0x27, 0x10, ...new Uint8Array(10_000)), 5_000).stop?.code).toBe("too_many");
  expect(() => readNotation("[".repeat(MAX_DEPTH + 2))).toThrow(Refusal);
});

test.each([
  ["[1, 2", "not_json"],
  ["[1] 2", "not_json"],
  ['{"a": 1, "a": 2}', "repeated_key"],
  ['"\\ud800"', "half_character"],
  ['{"$bytes": "not base64!"}', "bad_mark"],
  ['{"$made_up": 1}', "bad_mark"],
  ["18446744073709551616", "out_of_range"],
  ['{"$timestamp": "2026-02-30T00:00:00Z"}', "bad_mark"],
  ['{"$float32": 1e300}', "out_of_range"],
])("an edited text %s is refused: %s", (edited, code) => {
  expect(() => writeMessagePack(readNotation(edited))).toThrow(expect.objectContaining({ code }));
});

test("text that grows beyond the limit is cut, and says so", () => {
  const shown = writeNotation({ t: "list", at, items: Array.from({ length: 1_000 }, (): Node => ({ t: "text", at, v: "x".repeat(100) })) }, 500);
  expect([shown.cut, shown.text.length]).toEqual([true, 500]);
});
