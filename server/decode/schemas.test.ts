import avsc from "avsc";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import type { StoredSchema } from "#core/message/views.ts";
import type { Body, Content } from "./jobs.ts";
import { MAX_VALUES } from "./limits.ts";
import { edit, encode, look } from "./run.ts";
import { DecodeThreads } from "./threads.ts";

const MAX = 1_000_000;
const HEAD = [0, 0, 0, 0, 42];
const behindHead = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => Buffer.concat([Buffer.from(HEAD), ...parts.map((part) => Buffer.from(part))]);
const body = (bytes: Uint8Array, schema: StoredSchema | null): Body => ({ bytes, whole: true, contentType: null, declared: { encodings: [], format: null }, as: null, registry: true, schema });
const textOf = (content: Content): string => (content.form === "notation" ? content.text : Buffer.from(content.bytes).toString());

const ORDER = {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "long" },
    { name: "total", type: "double" },
    { name: "rate", type: "float" },
    { name: "note", type: ["null", "string"], default: null },
    { name: "status", type: { type: "enum", name: "Status", symbols: ["OPEN", "PAID"] } },
    { name: "digest", type: { type: "fixed", name: "Digest", size: 2 } },
    { name: "raw", type: "bytes" },
    { name: "counts", type: { type: "map", values: "int" } },
    { name: "lines", type: { type: "array", items: ["string", "long", { type: "record", name: "Line", fields: [{ name: "sku", type: "string" }] }] } },
    { name: "parent", type: ["null", "Order"], default: null },
  ],
} as const;
// a long beyond 2^53 is a bigint to avsc only by a type of one's own
const bigLong = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});
const orderType = avsc.Type.forSchema(structuredClone(ORDER) as never, { registry: { long: bigLong }, wrapUnions: true } as never);
const order = (id: bigint, parent: object | null) => ({
  id,
  total: 12.5,
  rate: Math.fround(0.1),
  note: { string: "naïve" },
  status: "PAID",
  digest: Buffer.from([1, 2]),
  raw: Buffer.from([0xff]),
  counts: { a: 1, b: -2 },
  lines: [{ string: "x" }, { long: 7n }, { "shop.Line": { sku: "s" } }],
  parent: parent === null ? null : { "shop.Order": parent },
});
const AVRO: StoredSchema = { type: "AVRO", text: JSON.stringify(ORDER), references: [] };

test("Avro that avsc wrote is read, 64-bit numbers and all, and written back byte for byte", async () => {
  const bytes = behindHead(orderType.toBuffer(order(9_007_199_254_740_993n, order(-1n, null))));
  const offered = await edit(body(bytes, AVRO), MAX);
  expect([offered.steps, offered.refused]).toEqual([[{ kind: "registry", how: "guessed", schema: { id: 42, type: "AVRO" } }], null]);
  const text = textOf(offered.content);
  expect(text).toContain('"id": 9007199254740993');
  expect(text).toContain('"rate": 0.1');
  expect(text.replaceAll(/\s+/g, " ")).toContain('"digest": {"$bytes": "AQI="}, "raw": {"$bytes": "/w=="}');
  expect(text.replaceAll(/\s+/g, " ")).toContain('{"$union": [ "shop.Line", { "sku": "s" } ]}');
  const edited = await encode(body(bytes, AVRO), { form: "notation", text: text.replace("9007199254740993", "9007199254740995") });
  if (!edited.ok) throw new Error(edited.code);
  expect(Buffer.from(edited.bytes)).toEqual(Buffer.from(behindHead(orderType.toBuffer(order(9_007_199_254_740_995n, order(-1n, null))))));
});

test.each([
  ['"status": "PAID"', '"status": "LOST"', "unknown_symbol"],
  ['"total": 12.5', '"total": "much"', "wrong_type"],
  ['"total": 12.5,', "", "missing_field"],
  ['"total": 12.5', '"total": 12.5, "tax": 1', "unknown_field"],
  ['"b": -2', '"b": 3000000000', "out_of_range"],
])("an Avro text with %s as %s is refused: %s", async (from, to, code) => {
  const bytes = behindHead(orderType.toBuffer(order(1n, null)));
  const { content } = await edit(body(bytes, AVRO), MAX);
  expect(await encode(body(bytes, AVRO), { form: "notation", text: textOf(content).replace(from, to) })).toMatchObject({ ok: false, code });
});

test("schemas may use names that other schemas define", async () => {
  const schema: StoredSchema = {
    type: "AVRO",
    text: '{"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"by","type":"shop.Card"}]}',
    references: [{ name: "shop.Card", text: '{"type":"record","name":"Card","namespace":"shop","fields":[{"name":"last4","type":"string"}]}' }],
  };
  expect(JSON.parse(textOf((await look(body(behindHead([8], Buffer.from("4242")), schema), MAX)).content))).toEqual({ by: { last4: "4242" } });
});

test("Avro bombs stop: 2^40 nulls in six bytes, a record that holds itself, a schema that is none", async () => {
  const nulls: StoredSchema = { type: "AVRO", text: '{"type":"array","items":"null"}', references: [] };
  const zigzag = [0x80, 0x80, 0x80, 0x80, 0x80, 0x40];
  expect((await look(body(behindHead(zigzag), nulls), 1_000)).problem).toMatchObject({ code: "too_many", detail: String(MAX_VALUES) });
  const self: StoredSchema = { type: "AVRO", text: '{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}', references: [] };
  expect((await look(body(behindHead([]), self), 1_000)).problem?.code).toBe("too_deep");
  for (const text of ["{", '"nothing"', '{"type":"record","name":"R"}', "[".repeat(50_000)])
    expect((await look(body(behindHead([1]), { type: "AVRO", text, references: [] }), 1_000)).problem?.code).toBe("bad_schema");
});

const PROTO = `
  syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto"; import "card.proto";
  enum Status { OPEN = 0; PAID = 1; }
  message Other { string s = 1; }
  message Order {
    message Line { string sku = 1; Order gift = 2; }
    int64 id = 1; sint32 delta = 2; fixed64 stamp = 3; double total = 4; float rate = 5; bool paid = 6; bytes raw = 7;
    repeated int32 sizes = 8; repeated string tags = 9; map<string, int32> counts = 10; map<int64, Line> by_id = 11;
    Status status = 12; repeated Line lines = 13; google.protobuf.Timestamp made_at = 14; oneof how { Card card = 15; string cash = 16; }
  }`;
const CARD = 'syntax = "proto3"; package shop; message Card { string last4 = 1; }';
const PROTOBUF: StoredSchema = { type: "PROTOBUF", text: PROTO, references: [{ name: "card.proto", text: CARD }] };

function orderMessage(): protobuf.Type {
  const root = new protobuf.Root();
  protobuf.parse(CARD, root, { keepCase: true });
  protobuf.parse(PROTO, root, { keepCase: true });
  root.addJSON(protobuf.common.get("google/protobuf/timestamp.proto")?.nested ?? {});
  return root.lookupType("shop.Order");
}
const VALUE = {
  id: "-9007199254740993",
  delta: -3,
  stamp: "18446744073709551615",
  total: 12.5,
  rate: 0.1,
  paid: true,
  raw: Buffer.from([0, 255]),
  sizes: [1, -1, 300],
  tags: ["a", ""],
  counts: { a: 1 },
  by_id: { 7: { sku: "s7" } },
  status: 1,
  lines: [{ sku: "x", gift: { id: "5" } }],
  made_at: { seconds: "1700000000", nanos: 5 },
  card: { last4: "4242" },
};
// the second message of the file, by its index: count 1, index 1, as zigzag varints
const SECOND = [2, 2];
const protoBytes = (value: object) => {
  const type = orderMessage();
  return behindHead(SECOND, type.encode(type.fromObject(value)).finish());
};

test("Protobuf that protobufjs wrote is read and written back byte for byte", async () => {
  const bytes = protoBytes(VALUE);
  const offered = await edit(body(bytes, PROTOBUF), MAX);
  expect([offered.problem, offered.refused]).toEqual([null, null]);
  const text = textOf(offered.content);
  expect(text).toContain('"id": -9007199254740993');
  expect(text).toContain('"stamp": 18446744073709551615');
  expect(JSON.parse(text)).toMatchObject({ delta: -3, rate: 0.1, sizes: [1, -1, 300], tags: ["a", ""], counts: { a: 1 }, by_id: { 7: { sku: "s7" } }, status: "PAID", card: { last4: "4242" } });
  const edited = await encode(body(bytes, PROTOBUF), { form: "notation", text: text.replace("4242", "4343") });
  if (!edited.ok) throw new Error(edited.code);
  expect(Buffer.from(edited.bytes)).toEqual(Buffer.from(protoBytes({ ...VALUE, card: { last4: "4343" } })));
});

test("Protobuf fields the schema does not name are shown, and no edit would lose them", async () => {
  const bytes = behindHead([0], [0x0a, 1, 0x78], [0xf8, 0x07, 5]);
  const { refused, content } = await edit(body(bytes, PROTOBUF), MAX);
  expect(JSON.parse(textOf(content))).toEqual({ s: "x", $unknown: [[127, 0, 5]] });
  expect(refused).toEqual({ code: "unknown_fields" });
});

test("Protobuf bombs and strange bytes stop", async () => {
  const groups = new Uint8Array(100_000).fill(0x0b);
  expect((await look(body(behindHead([0], groups), PROTOBUF), 1_000)).problem?.code).toBe("too_deep");
  expect((await look(body(behindHead([0, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), PROTOBUF), 1_000)).problem?.code).toBe("cut_short");
  expect((await look(body(behindHead([2, 18]), PROTOBUF), 1_000)).problem?.code).toBe("bad_schema");
  expect((await look(body(behindHead([0xff, 0xff, 0xff, 0xff, 0x0f]), PROTOBUF), 1_000)).problem?.code).toBe("malformed");
  expect((await look(body(behindHead([0]), { ...PROTOBUF, references: [] }), 1_000)).problem).toMatchObject({ code: "bad_schema" });
});

test("JSON behind a schema's id is JSON text, and keeps its header when it is edited", async () => {
  const bytes = behindHead(Buffer.from('{"n": 12345678901234567890}'));
  const json: StoredSchema = { type: "JSON", text: "{}", references: [] };
  const { steps, content, refused } = await edit(body(bytes, json), MAX);
  expect([steps[0]?.schema, textOf(content), refused]).toEqual([{ id: 42, type: "JSON" }, '{"n": 12345678901234567890}', null]);
  expect(await encode(body(bytes, json), { form: "bytes", bytes: Buffer.from("{}") })).toEqual({ ok: true, bytes: behindHead(Buffer.from("{}")) });
});

test("without the schema it says which one is missing, in a thread as well", async () => {
  const threads = new DecodeThreads({ threads: 1, deadlineMs: 20_000 });
  const given = body(protoBytes(VALUE), null);
  expect(await threads.run({ op: "look", body: given, max: MAX })).toMatchObject({ answer: { needs: 42, problem: { code: "no_schema" } } });
  expect(await threads.run({ op: "look", body: { ...given, schema: PROTOBUF }, max: MAX })).toMatchObject({ answer: { needs: null, problem: null } });
  await threads.close();
});
