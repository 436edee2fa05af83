import { utf8Of } from "../message/bytes.ts";
import { Stop, type FloatNode, type Node } from "./node.ts";
import { float16Of } from "./float16.ts";

/** Reads bytes in order. Whatever reaches beyond their end throws Stop `cut_short`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  at = 0;

  constructor(bytes: Uint8Array, byteOrder: "big" | "little" = "big") {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = byteOrder === "little";
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Throws Stop when anything is left. */
  end(): void {
    if (this.left > 0) throw new Stop("trailing", this.at);
  }

  peek(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Stop("cut_short", this.at);
    return byte;
  }

  u8(): number {
    const byte = this.peek();
    this.at++;
    return byte;
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes. */
  unsigned(width: 1 | 2 | 4 | 8): bigint {
    const at = this.#skip(width);
    if (width === 1) return BigInt(this.#view.getUint8(at));
    if (width === 2) return BigInt(this.#view.getUint16(at, this.#littleEndian));
    return width === 4 ? BigInt(this.#view.getUint32(at, this.#littleEndian)) : this.#view.getBigUint64(at, this.#littleEndian);
  }

  signed(width: 1 | 2 | 4 | 8): bigint {
    return BigInt.asIntN(width * 8, this.unsigned(width));
  }

  float(width: 2 | 4 | 8): FloatNode {
    const start = this.at;
    const bits = this.unsigned(width);
    const v = floatOfBits(bits, width);
    return { t: "float", at: start, v, width, bits: Number.isNaN(v) && bits !== NAN_BITS[width] ? bits : null };
  }

  take(count: number): Uint8Array {
    const at = this.#skip(count);
    return this.bytes.subarray(at, at + count);
  }

  /** Text of `count` bytes; as raw text when it is no UTF-8. */
  text(count: number): Node {
    const at = this.at;
    const bytes = this.take(count);
    const v = utf8Of(bytes);
    return v === null ? { t: "rawtext", at, v: bytes } : { t: "text", at, v };
  }

  /** A base-128 varint of at most 64 bits, least significant group first. Throws Stop `malformed` when it is longer. */
  varint(): bigint {
    const start = this.at;
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (value > 0xffff_ffff_ffff_ffffn) break;
      return value;
    }
    throw new Stop("malformed", start);
  }

  /** A varint whose lowest bit is the sign. */
  zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  /** A number of bytes or items; throws Stop when it is negative or more than 2^53. */
  count(value: bigint): number {
    if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Stop("malformed", this.at);
    return Number(value);
  }

  #skip(count: number): number {
    if (count > this.left) throw new Stop("cut_short", this.bytes.length);
    const at = this.at;
    this.at += count;
    return at;
  }
}

/** The NaN that encoders write. */
export const NAN_BITS = { 2: 0x7e00n, 4: 0x7fc0_0000n, 8: 0x7ff8_0000_0000_0000n } as const;

/** The float that IEEE 754 bits mean. */
export function floatOfBits(bits: bigint, width: 2 | 4 | 8): number {
  if (width === 2) return float16Of(Number(bits));
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, width === 4 ? bits << 32n : bits);
  return width === 4 ? view.getFloat32(0) : view.getFloat64(0);
}
