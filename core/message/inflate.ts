/** Bits of a deflate stream, least significant first; throws RangeError past the end. */
type Bits = { take(count: number): number; align(): number; skip(bytes: number): void };

function bitsOf(bytes: Uint8Array, from: number): Bits {
  let at = from;
  let held = 0;
  let count = 0;
  return {
    take(wanted) {
      while (count < wanted) {
        const byte = bytes[at++];
        if (byte === undefined) throw new RangeError("the stream ends too early");
        held |= byte << count;
        count += 8;
      }
      const value = held & ((1 << wanted) - 1);
      held >>>= wanted;
      count -= wanted;
      return value;
    },
    align() {
      held = 0;
      count = 0;
      return at;
    },
    skip(length) {
      at += length;
    },
  };
}

type Code = { readonly counts: readonly number[]; readonly symbols: readonly number[] };

/** A canonical Huffman code from the lengths of its symbols' codes. */
function codeOf(lengths: readonly number[]): Code {
  const counts = Array.from({ length: 16 }, (_, length) => lengths.filter((each) => each === length).length);
  const symbols = lengths.flatMap((length, symbol) => (length === 0 ? [] : [{ length, symbol }])).toSorted((a, b) => a.length - b.length || a.symbol - b.symbol);
  return { counts, symbols: symbols.map(({ symbol }) => symbol) };
}

function symbolIn(bits: Bits, { counts, symbols }: Code): number {
  let [code, first, index] = [0, 0, 0];
  for (let length = 1; length <= 15; length++) {
    code |= bits.take(1);
    const count = counts[length] ?? 0;
    const symbol = code - count < first ? symbols[index + code - first] : undefined;
    if (symbol !== undefined) return symbol;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  throw new RangeError("no such code");
}

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const FIXED = codeOf(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)));
const FIXED_DISTANCE = codeOf(Array.from({ length: 30 }, () => 5));

function dynamicCodes(bits: Bits): readonly [Code, Code] {
  const [literals, distances, given] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const lengths = Array.from({ length: 19 }, () => 0);
  for (const symbol of ORDER.slice(0, given)) lengths[symbol] = bits.take(3);
  const code = codeOf(lengths);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const symbol = symbolIn(bits, code);
    if (symbol < 16) all.push(symbol);
    else {
      const [value, times] = symbol === 16 ? [all.at(-1) ?? 0, 3 + bits.take(2)] : [0, symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7)];
      for (let n = 0; n < times; n++) all.push(value);
    }
  }
  return [codeOf(all.slice(0, literals)), codeOf(all.slice(literals, literals + distances))];
}

function block(bits: Bits, literals: Code, distances: Code, out: number[], max: number): void {
  for (;;) {
    const symbol = symbolIn(bits, literals);
    if (symbol === 256) return;
    if (out.length >= max) throw new RangeError("too long");
    if (symbol < 256) {
      out.push(symbol);
      continue;
    }
    const length = (LENGTH_BASE[symbol - 257] ?? 0) + bits.take(LENGTH_EXTRA[symbol - 257] ?? 0);
    const far = symbolIn(bits, distances);
    const distance = (DISTANCE_BASE[far] ?? 0) + bits.take(far < 4 ? 0 : (far >> 1) - 1);
    const from = out.length - distance;
    if (from < 0 || distance === 0) throw new RangeError("a distance before the beginning");
    for (let n = 0; n < length; n++) out.push(out[from + n] ?? 0);
  }
}

/**
 * What a zlib stream (RFC 1950, 1951) unpacks to, at most `max` bytes; null for anything else or more. For short texts that
 * a library packed: a backtrace. Its checksum is not looked at.
 */
export function inflated(bytes: Uint8Array, max: number): Uint8Array | null {
  const [method = 0, flags = 0] = bytes;
  if ((method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0) return null;
  const bits = bitsOf(bytes, 2);
  const out: number[] = [];
  try {
    for (let last = false; !last; ) {
      last = bits.take(1) === 1;
      const type = bits.take(2);
      if (type === 0) {
        const at = bits.align();
        const length = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
        if (at + 4 + length > bytes.length || out.length + length > max) return null;
        for (const byte of bytes.subarray(at + 4, at + 4 + length)) out.push(byte);
        bits.skip(4 + length);
      } else if (type === 1) block(bits, FIXED, FIXED_DISTANCE, out, max);
      else if (type === 2) block(bits, ...dynamicCodes(bits), out, max);
      else return null;
    }
  } catch {
    return null;
  }
  return Uint8Array.from(out);
}
