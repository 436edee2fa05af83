import type { IntegerType } from "#core/message/header.ts";
import { invalid } from "./bytes.ts";

type IntegerCodec = {
  readonly type: IntegerType;
  readonly tag: string;
  /** Bytes. */
  readonly size: number;
  read(bytes: Buffer): string;
  /** Throws Fault `invalid` for text that is no integer of this type. */
  write(text: string): Buffer;
};

const integer = (type: IntegerType, tag: string, bits: 8 | 16 | 32 | 64, signed: boolean): IntegerCodec => {
  const size = bits / 8;
  const fit = signed ? BigInt.asIntN : BigInt.asUintN;
  return {
    type,
    tag,
    size,
    read: (bytes) => {
      if (bits === 64) return (signed ? bytes.readBigInt64BE() : bytes.readBigUInt64BE()).toString();
      return String(signed ? bytes.readIntBE(0, size) : bytes.readUIntBE(0, size));
    },
    write: (text) => {
      const value = /^-?\d{1,20}$/.test(text) ? BigInt(text) : null;
      if (value === null || fit(bits, value) !== value) throw invalid(`${text.slice(0, 40)} is no ${type}`);
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
      return bytes.subarray(8 - size);
    },
  };
};

// RabbitMQ knows no unsigned 64-bit integer in a table: uint64 has no tag here.
const CODECS = [
  integer("int8", "b", 8, true),
  integer("uint8", "B", 8, false),
  integer("int16", "s", 16, true),
  integer("uint16", "u", 16, false),
  integer("int32", "I", 32, true),
  integer("uint32", "i", 32, false),
  integer("int64", "l", 64, true),
];
export const INTEGER_TAGS: ReadonlyMap<string, IntegerCodec> = new Map(CODECS.map((codec) => [codec.tag, codec]));
export const INTEGER_TYPES: ReadonlyMap<string, IntegerCodec> = new Map(CODECS.map((codec) => [codec.type, codec]));

/** An unsigned 64-bit number as text (a timestamp), to its eight bytes. Throws Fault `invalid`. */
export function uint64Bytes(text: string): Buffer {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
  if (BigInt.asUintN(64, value) !== value) throw invalid(`${text.slice(0, 40)} is no time in seconds`);
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
