import { ByteReader } from "./byte-reader.ts";
import { utf8Of } from "../message/bytes.ts";
import { Budget, decoded, Stop, type Decoded, type Node } from "./node.ts";

/** Decodes one CBOR data item (RFC 8949). Indefinite lengths read like definite ones. */
export function readCbor(bytes: Uint8Array, maxValues: number): Decoded {
  return decoded((root) => {
    const reader = new ByteReader(bytes);
    readItem(reader, new Budget(maxValues), root);
    reader.end();
  });
}

const BREAK = 0xff;
const INDEFINITE = 31;

/** The argument of a head: its low five bits, or 1 to 8 bytes that follow; null for an indefinite length. */
function argument(reader: ByteReader, low: number, at: number): bigint | null {
  if (low < 24) return BigInt(low);
  if (low === INDEFINITE) return null;
  const width = ([1, 2, 4, 8] as const)[low - 24];
  if (width === undefined) throw new Stop("malformed", at);
  return reader.unsigned(width);
}

function readItem(reader: ByteReader, budget: Budget, made: (node: Node) => void): void {
  const at = reader.at;
  budget.spend(at);
  const head = reader.u8();
  const major = head >> 5;
  const low = head & 0x1f;
  if (major === 7) return made(simple(reader, low, at));
  const value = argument(reader, low, at);
  switch (major) {
    case 2:
      return made({ t: "bytes", at, v: value === null ? chunks(reader, budget, 2) : reader.take(reader.count(value)) });
    case 3:
      return made(value === null ? textOf(chunks(reader, budget, 3), at) : { ...reader.text(reader.count(value)), at });
    case 4:
      return list(reader, budget, at, value, made);
    case 5:
      return map(reader, budget, at, value, made);
  }
  if (value === null) throw new Stop("malformed", at);
  if (major === 6) return tag(reader, budget, at, value, made);
  made({ t: "integer", at, v: major === 0 ? value : -1n - value });
}

function simple(reader: ByteReader, low: number, at: number): Node {
  switch (low) {
    case 20:
    case 21:
      return { t: "bool", at, v: low === 21 };
    case 22:
      return { t: "null", at };
    case 23:
      return { t: "mark", at, name: "$undefined", value: { t: "bool", at, v: true } };
    case 25:
      return { ...reader.float(2), at };
    case 26:
      return { ...reader.float(4), at };
    case 27:
      return { ...reader.float(8), at };
  }
  const number = low === 24 ? reader.u8() : low;
  // simple values below 32 have a form of one byte only, and 28 to 31 are none
  if ((low === 24 && number < 32) || (low > 24 && low < 32)) throw new Stop("malformed", at);
  return { t: "mark", at, name: "$simple", value: { t: "integer", at, v: BigInt(number) } };
}

function textOf(v: Uint8Array, at: number): Node {
  const text = utf8Of(v);
  return text === null ? { t: "rawtext", at, v } : { t: "text", at, v: text };
}

/** The pieces of a string of indefinite length, joined. */
function chunks(reader: ByteReader, budget: Budget, major: 2 | 3): Uint8Array {
  const pieces: Uint8Array[] = [];
  let total = 0;
  while (reader.peek() !== BREAK) {
    const at = reader.at;
    budget.spend(at);
    const head = reader.u8();
    const size = head >> 5 === major ? argument(reader, head & 0x1f, at) : null;
    if (size === null) throw new Stop("malformed", at);
    const piece = reader.take(reader.count(size));
    pieces.push(piece);
    total += piece.length;
  }
  reader.u8();
  const whole = new Uint8Array(total);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** Whether another item follows; takes the break of an indefinite length. */
function more(reader: ByteReader, count: bigint | null, done: number): boolean {
  if (count !== null) return BigInt(done) < count;
  if (reader.peek() !== BREAK) return true;
  reader.u8();
  return false;
}

function list(reader: ByteReader, budget: Budget, at: number, count: bigint | null, made: (node: Node) => void): void {
  const items: Node[] = [];
  made({ t: "list", at, items });
  budget.enter(at);
  while (more(reader, count, items.length)) readItem(reader, budget, (item) => items.push(item));
  budget.leave();
}

function map(reader: ByteReader, budget: Budget, at: number, count: bigint | null, made: (node: Node) => void): void {
  const entries: [Node, Node][] = [];
  made({ t: "map", at, entries });
  budget.enter(at);
  while (more(reader, count, entries.length)) {
    const keys: Node[] = [];
    readItem(reader, budget, (key) => keys.push(key));
    readItem(reader, budget, (value) => entries.push([keys[0] ?? value, value]));
  }
  budget.leave();
}

/** A tag and its content; integers too long for 64 bits, which are tags 2 and 3 in their shortest form, as what they are. */
function tag(reader: ByteReader, budget: Budget, at: number, number: bigint, made: (node: Node) => void): void {
  const items: Node[] = [{ t: "integer", at, v: number }];
  budget.enter(at);
  if (number !== 2n && number !== 3n) made({ t: "mark", at, name: "$tag", value: { t: "list", at, items } });
  readItem(reader, budget, (content) => items.push(content));
  budget.leave();
  if (number !== 2n && number !== 3n) return;
  const [, content] = items;
  if (content?.t === "bytes" && content.v.length > 8 && content.v.length <= MAX_BIGNUM && content.v[0] !== 0) {
    const size = BigInt(`0x${[...content.v].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`);
    return made({ t: "integer", at, v: number === 2n ? size : -1n - size });
  }
  made({ t: "mark", at, name: "$tag", value: { t: "list", at, items } });
}

/** Bytes; longer ones stay bytes, because writing their digits takes longer than their length. */
const MAX_BIGNUM = 512;
