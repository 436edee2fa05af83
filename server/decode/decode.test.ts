import { gzipSync, zstdCompressSync } from "node:zlib";
import { encode as msgpackEncode } from "@msgpack/msgpack";
import lz4 from "lz4js";
import snappy from "snappyjs";
import { afterAll, expect, test } from "vitest";
import { STEP_KINDS, type Declared, type Encoding, type StepKind } from "#core/message/views.ts";
import { pack, unpack } from "./compression.ts";
import type { Body, Content } from "./jobs.ts";
import { MAX_UNPACKED } from "./limits.ts";
import { edit, encode, look } from "./run.ts";
import { DecodeThreads } from "./threads.ts";
import { packSnappy } from "./snappy-stream.ts";

const threads = new DecodeThreads({ threads: 1, deadlineMs: 60_000 });
afterAll(() => threads.close());

const NOTHING: Declared = { encodings: [], format: null };
const body = (bytes: Uint8Array, rest: Partial<Body> = {}): Body => ({ bytes, whole: true, contentType: null, declared: NOTHING, as: null, registry: false, schema: null, ...rest });
const MAX = 1_000_000;
const ORDER = { id: "o-1", total: 12, tags: ["a", "b"] };
const JSON_BYTES = Buffer.from('{"id": 12345678901234567890, "total": 1.0}');

const textOf = (content: Content): string => (content.form === "notation" ? content.text : Buffer.from(content.bytes).toString());

const PACKED: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  gzip: gzipSync,
  zstd: zstdCompressSync,
  lz4: lz4.compress,
  "snappy, framed": (bytes) => packSnappy(bytes, "framed", bytes),
  "snappy, xerial": (bytes) => packSnappy(bytes, "xerial", Buffer.from("82534e41505059000000000100000001", "hex")),
};

test.each(Object.entries(PACKED))("%s is known by its first bytes, and what is inside keeps every byte", async (name, packed) => {
  for (const inner of [JSON_BYTES, Buffer.alloc(300_000, "the same again "), Buffer.alloc(0)]) {
    if (inner.length === 0 && name.startsWith("snappy, xerial")) continue;
    const { steps, content, problem } = await look(body(packed(inner)), MAX);
    expect(problem).toBeNull();
    expect(steps).toEqual([{ kind: name.split(",")[0], how: "guessed", schema: null }]);
    expect(textOf(content)).toBe(inner.toString());
  }
});

test("raw Snappy, which has no first bytes of its own, is unpacked where it is declared", async () => {
  const { steps, content } = await look(body(snappy.compress(JSON_BYTES), { declared: { encodings: ["snappy"], format: null } }), MAX);
  expect([steps[0]?.how, textOf(content)]).toEqual(["declared", JSON_BYTES.toString()]);
});

test("several layers come off in order, each said with how it was known", async () => {
  const packed = zstdCompressSync(gzipSync(msgpackEncode(ORDER)));
  const { steps, content } = await look(body(packed, { declared: { encodings: ["zstd"], format: null } }), MAX);
  expect(steps.map(({ kind, how }) => `${kind} ${how}`)).toEqual(["zstd declared", "gzip guessed", "messagepack guessed"]);
  expect(JSON.parse(textOf(content))).toEqual(ORDER);
});

test("text stays text, and a few bytes that happen to fit are no format", async () => {
  for (const bytes of [JSON_BYTES, Buffer.from("plain"), Buffer.from("1"), Uint8Array.of(0x80), new Uint8Array()])
    expect((await look(body(bytes), MAX)).steps).toEqual([]);
});

test("what is declared and is not so is told, and what came out until then is shown", async () => {
  const declared: Declared = { encodings: ["gzip"], format: null };
  expect((await look(body(JSON_BYTES, { declared }), MAX)).problem).toMatchObject({ code: "malformed", step: 0 });
  const whole = gzipSync(Buffer.alloc(500_000, "order 1, "));
  const half = await look(body(whole.subarray(0, whole.length - 300)), MAX);
  expect(half.problem).toMatchObject({ code: "cut_short", step: 0 });
  expect(textOf(half.content)).toContain("order 1, order 1, ");
});

test("frames of zstd that follow each other are one content; what follows that is none is told", async () => {
  const two = Buffer.concat([zstdCompressSync(Buffer.from("one ")), zstdCompressSync(Buffer.from("two"))]);
  expect(textOf((await look(body(two), MAX)).content)).toBe("one two");
  expect((await look(body(Buffer.concat([two, Buffer.from("??")])), MAX)).problem?.code).toBe("trailing");
});

test("a flipped bit is found where the packed form has a checksum", async () => {
  for (const [name, packed] of Object.entries(PACKED)) {
    const bytes = Buffer.from(packed(Buffer.from("a content long enough to be packed: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
    // snappy-java's form has no checksum, and Node's zstd and lz4js write none unless asked
    if (name === "snappy, xerial" || name === "lz4" || name === "zstd") continue;
    bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 1;
    expect([name, (await look(body(bytes), MAX)).problem?.code]).toEqual([name, "malformed"]);
  }
});

const LIMIT = 1024 * 1024;
const LARGE = new Uint8Array(4 * LIMIT);
/** Kilobytes that want to be more than the limit. */
const BOMBS: Record<Encoding, () => Uint8Array> = {
  gzip: () => gzipSync(LARGE),
  zstd: () => zstdCompressSync(LARGE),
  lz4: () => lz4.compress(LARGE),
  snappy: () => packSnappy(LARGE, "framed", LARGE),
};

test.each(Object.entries(BOMBS))("a bomb of %s stops at the limit, with what was unpacked until then", async (encoding, make) => {
  const { bytes, stop } = await unpack(encoding as Encoding, make(), LIMIT);
  expect(stop?.code).toBe("too_large");
  // Snappy says a block's size before it, and a block that does not fit is not begun
  expect(bytes.length).toBeGreaterThan(LIMIT - 65_537);
  expect(bytes.length).toBeLessThanOrEqual(LIMIT);
});

test("a screen is told at how much it stopped", async () => {
  const { problem, content } = await look(body(gzipSync(Buffer.alloc(MAX_UNPACKED + 1))), 1_000);
  expect(problem).toMatchObject({ code: "too_large", detail: String(MAX_UNPACKED) });
  expect(content).toMatchObject({ form: "bytes", size: MAX_UNPACKED, cut: true });
});

test("a size that is only announced allocates nothing", async () => {
  const announced = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0x00);
  expect((await unpack("snappy", announced, MAX_UNPACKED)).stop?.code).toBe("too_large");
});

test("the process that asks goes on while a thread works on a bomb, and a job beyond its deadline ends", { timeout: 120_000 }, async () => {
  const bomb = body(gzipSync(gzipSync(Buffer.alloc(48 * 1024 * 1024))));
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 5);
  const began = performance.now();
  const outcome = await threads.run({ op: "look", body: bomb, max: 1_000 });
  const took = performance.now() - began;
  clearInterval(ticking);
  expect(outcome).toMatchObject({ answer: { problem: { code: "too_large", step: 1 } } });
  // every other tick at least: another thread had the work
  expect(ticks).toBeGreaterThan(took / 5 / 4);

  const hasty = new DecodeThreads({ threads: 1, deadlineMs: 1 });
  expect(await hasty.run({ op: "look", body: bomb, max: 1_000 })).toEqual({ overrun: "too_slow" });
  // the place of the thread that was ended is free
  expect(await hasty.run({ op: "look", body: bomb, max: 1_000 })).toEqual({ overrun: "too_slow" });
  await hasty.close();
});

test("a thread that takes too much memory is ended, and the next job has another", { timeout: 120_000 }, async () => {
  const small = new DecodeThreads({ threads: 1, heapMb: 16, deadlineMs: 60_000 });
  // 200,000 maps of one entry: many times their bytes as objects
  const many = Buffer.concat([Buffer.from([0xdd, 0, 3, 0x0d, 0x40]), Buffer.alloc(400_000, Buffer.from([0x91, 0x90]))]);
  expect(await small.run({ op: "look", body: body(many, { as: "messagepack" }), max: 1_000 })).toEqual({ overrun: "too_much_memory" });
  expect(await small.run({ op: "look", body: body(gzipSync(JSON_BYTES)), max: 1_000 })).toMatchObject({ answer: { problem: null } });
  await small.close();
});

test("jobs wait for their turn, and too many are refused", async () => {
  const one = new DecodeThreads({ threads: 1, waiting: 1 });
  const job = { op: "look", body: body(gzipSync(JSON_BYTES)), max: 1_000 } as const;
  const first = one.run(job);
  const second = one.run(job);
  await expect(one.run(job)).rejects.toMatchObject({ code: "too_many" });
  expect(await Promise.all([first, second])).toMatchObject([{ answer: { problem: null } }, { answer: { problem: null } }]);
  await one.close();
});

test("an edit of a decoded value is offered where nothing else would change", async () => {
  const packed = msgpackEncode(ORDER);
  const offered = await edit(body(packed), MAX);
  expect([offered.refused, offered.anew]).toEqual([null, []]);
  const answer = await encode(body(packed), { form: "notation", text: textOf(offered.content).replace('"total": 12', '"total": 13') });
  expect(answer).toEqual({ ok: true, bytes: msgpackEncode({ ...ORDER, total: 13 }) });
});

test("numbers longer than needed, as some producers write them, are shown and not edited", async () => {
  const long = Buffer.from("81a16100".replace("00", "cd0001"), "hex");
  const { refused, content } = await edit(body(long), MAX);
  expect(JSON.parse(textOf(content))).toEqual({ a: 1 });
  expect(refused).toEqual({ code: "other_bytes", at: 3, kind: "messagepack" });
  expect(await encode(body(long), { form: "notation", text: '{"a": 2}' })).toMatchObject({ ok: false, code: "not_editable" });
});

test.each(["gzip", "zstd", "lz4", "snappy"] as const)("a content packed in %s is edited and packed anew", async (kind) => {
  const packed = pack(kind, JSON_BYTES, kind === "snappy" ? packSnappy(JSON_BYTES, "framed", JSON_BYTES) : JSON_BYTES);
  const best = kind === "gzip" ? gzipSync(JSON_BYTES, { level: 1 }) : packed;
  const { refused, anew } = await edit(body(best), MAX);
  expect([refused, anew]).toEqual([null, kind === "gzip" ? ["gzip"] : []]);
  const changed = Buffer.from(JSON_BYTES.toString().replace("1.0", "2.0"));
  const answer = await encode(body(best), { form: "bytes", bytes: changed });
  if (!answer.ok) throw new Error(answer.code);
  expect((await unpack(kind, answer.bytes, MAX)).bytes).toEqual(new Uint8Array(changed));
});

test("a text that can not be encoded says where and why", async () => {
  const packed = body(msgpackEncode(ORDER));
  expect(await encode(packed, { form: "notation", text: '{\n  "id": 18446744073709551616\n}' })).toEqual({ ok: false, code: "out_of_range", line: 2, column: 9, what: "−2^63 … 2^64−1" });
  expect(await encode(packed, { form: "notation", text: '{"id": ' })).toMatchObject({ ok: false, code: "not_json", line: 1 });
});

test("any bytes, taken for anything, are an answer and no fault", async () => {
  const nasty = [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(0, 0, 0, 0, 1), Buffer.from("\0\0\0\0\x01rest"), new Uint8Array(1_000).fill(0xff), new Uint8Array(5_000).fill(0x81)];
  const kinds: (StepKind | null)[] = [null, ...STEP_KINDS];
  for (const bytes of nasty) for (const as of kinds) await expect(look(body(bytes, { as, registry: true }), MAX)).resolves.toHaveProperty("steps");
});
