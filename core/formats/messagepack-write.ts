import { ByteWriter } from "./byte-writer.ts";
import { bitsOfFloat } from "./float-bits.ts";
import { Refusal, type MarkNode, type Node } from "./node.ts";
import { timestampBytes } from "./timestamp.ts";

/** Encodes a value as MessagePack, every number and length in its shortest form. Throws Refusal. */
export function writeMessagePack(root: Node): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  writeValue(out, root);
  return out.toBytes();
}

function writeValue(out: ByteWriter, node: Node): void {
  switch (node.t) {
    case "null":
      return out.u8(0xc0);
    case "bool":
      return out.u8(node.v ? 0xc3 : 0xc2);
    case "integer":
      return integer(out, node.v, node.at);
    case "float":
      if (node.width === 2) throw new Refusal("wrong_type", node.at, "$float32");
      out.u8(node.width === 4 ? 0xca : 0xcb);
      return out.integer(bitsOfFloat(node), node.width);
    case "text":
      return text(out, new TextEncoder().encode(node.v));
    case "rawtext":
      return text(out, node.v);
    case "bytes":
      sized(out, node.v.length, 0xc4);
      return out.put(node.v);
    case "list":
      if (node.items.length <= 0x0f) out.u8(0x90 | node.items.length);
      else sized(out, node.items.length, 0xdb, 1);
      for (const item of node.items) writeValue(out, item);
      return;
    case "map":
      if (node.entries.length <= 0x0f) out.u8(0x80 | node.entries.length);
      else sized(out, node.entries.length, 0xdd, 1);
      for (const entry of node.entries) for (const part of entry) writeValue(out, part);
      return;
    case "mark":
      return mark(out, node);
  }
}

function integer(out: ByteWriter, v: bigint, at: number): void {
  if (v >= -0x20n && v <= 0x7fn) return out.u8(Number(BigInt.asUintN(8, v)));
  if (v >= 1n << 64n || v < -(1n << 63n)) throw new Refusal("out_of_range", at, "−2^63 … 2^64−1");
  const bits = v >= 0n ? v.toString(2).length : (-v - 1n).toString(2).length + 1;
  const [width, step] = bits <= 8 ? [1, 0] as const : bits <= 16 ? [2, 1] as const : bits <= 32 ? [4, 2] as const : [8, 3] as const;
  out.u8((v >= 0n ? 0xcc : 0xd0) + step);
  out.integer(v, width);
}

/** The type byte for a length of 1, 2 or 4 bytes and the length itself; `shortest` 1 where there is no form of one byte. */
function sized(out: ByteWriter, length: number, type: number, shortest: 0 | 1 = 0): void {
  const step = length <= 0xff && shortest === 0 ? 0 : length <= 0xffff ? 1 : 2;
  out.u8(type + step);
  out.integer(BigInt(length), step === 0 ? 1 : step === 1 ? 2 : 4);
}

function text(out: ByteWriter, bytes: Uint8Array): void {
  if (bytes.length <= 0x1f) out.u8(0xa0 | bytes.length);
  else sized(out, bytes.length, 0xd9);
  out.put(bytes);
}

function mark(out: ByteWriter, { name, value, at }: MarkNode): void {
  if (name === "$timestamp") {
    const bytes = value.t === "text" ? timestampBytes(value.v) : null;
    if (bytes === null) throw new Refusal("bad_mark", value.at, name);
    return extension(out, -1n, bytes);
  }
  if (name !== "$ext") throw new Refusal("bad_mark", at, name);
  const [type, bytes, more] = value.t === "list" ? value.items : [];
  if (type?.t !== "integer" || bytes?.t !== "bytes" || more !== undefined) throw new Refusal("bad_mark", value.at, name);
  if (type.v < -128n || type.v > 127n) throw new Refusal("out_of_range", type.at, "−128 … 127");
  extension(out, type.v, bytes.v);
}

function extension(out: ByteWriter, type: bigint, bytes: Uint8Array): void {
  const fixed = [1, 2, 4, 8, 16].indexOf(bytes.length);
  if (fixed >= 0) out.u8(0xd4 + fixed);
  else sized(out, bytes.length, 0xc7);
  out.integer(type, 1);
  out.put(bytes);
}
