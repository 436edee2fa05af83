import { ByteWriter } from "./byte-writer.ts";
import { bitsOfFloat } from "./float-bits.ts";
import { Refusal, type MarkNode, type Node } from "./node.ts";

/** Encodes a value as CBOR, every length definite and every number in its shortest form. Throws Refusal. */
export function writeCbor(root: Node): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  writeItem(out, root);
  return out.toBytes();
}

/** Major type and argument. */
function head(out: ByteWriter, major: number, value: bigint): void {
  if (value < 24n) return out.u8((major << 5) | Number(value));
  const step = value <= 0xffn ? 0 : value <= 0xffffn ? 1 : value <= 0xffff_ffffn ? 2 : 3;
  out.u8((major << 5) | (24 + step));
  out.integer(value, ([1, 2, 4, 8] as const)[step]);
}

function writeItem(out: ByteWriter, node: Node): void {
  switch (node.t) {
    case "null":
      return out.u8(0xf6);
    case "bool":
      return out.u8(node.v ? 0xf5 : 0xf4);
    case "integer":
      return integer(out, node.v);
    case "float":
      out.u8(node.width === 2 ? 0xf9 : node.width === 4 ? 0xfa : 0xfb);
      return out.integer(bitsOfFloat(node), node.width);
    case "bytes":
      head(out, 2, BigInt(node.v.length));
      return out.put(node.v);
    case "text":
    case "rawtext": {
      const bytes = node.t === "text" ? new TextEncoder().encode(node.v) : node.v;
      head(out, 3, BigInt(bytes.length));
      return out.put(bytes);
    }
    case "list":
      head(out, 4, BigInt(node.items.length));
      for (const item of node.items) writeItem(out, item);
      return;
    case "map":
      head(out, 5, BigInt(node.entries.length));
      for (const entry of node.entries) for (const part of entry) writeItem(out, part);
      return;
    case "mark":
      return mark(out, node);
  }
}

function integer(out: ByteWriter, v: bigint): void {
  const size = v >= 0n ? v : -1n - v;
  if (size < 1n << 64n) return head(out, v >= 0n ? 0 : 1, size);
  const digits = size.toString(16);
  const even = digits.padStart(digits.length + (digits.length % 2), "0");
  head(out, 6, v >= 0n ? 2n : 3n);
  head(out, 2, BigInt(even.length / 2));
  for (let at = 0; at < even.length; at += 2) out.u8(Number.parseInt(even.slice(at, at + 2), 16));
}

function mark(out: ByteWriter, { name, value, at }: MarkNode): void {
  switch (name) {
    case "$undefined":
      return out.u8(0xf7);
    case "$simple": {
      const number = value.t === "integer" ? value.v : -1n;
      // 20 to 23 have names of their own, 24 to 31 are none
      if (number < 0n || number > 255n || (number >= 20n && number < 32n)) throw new Refusal("bad_mark", value.at, name);
      return head(out, 7, number);
    }
    case "$tag": {
      const [number, content, more] = value.t === "list" ? value.items : [];
      if (number?.t !== "integer" || content === undefined || more !== undefined) throw new Refusal("bad_mark", value.at, name);
      if (number.v < 0n || number.v >= 1n << 64n) throw new Refusal("out_of_range", number.at, "0 … 2^64−1");
      head(out, 6, number.v);
      return writeItem(out, content);
    }
    default:
      throw new Refusal("bad_mark", at, name);
  }
}
