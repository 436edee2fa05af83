import xxh32 from "lz4js/xxh32.js";
import { Stop } from "#core/formats/node.ts";
import type { Growing } from "./growing.ts";

/* LZ4 frames and blocks after their descriptions in lz4/doc/lz4_Frame_format.md and lz4_Block_format.md. */

const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
const CHECKSUM_BYTES = 4;
const UNCOMPRESSED = 0x8000_0000;
const MIN_MATCH = 4;

/** Unpacks frames into `out`. Throws Stop; what was unpacked until then is in `out`. */
export function unpackLz4(packed: Uint8Array, out: Growing): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  const need = (count: number): number => {
    if (at + count > packed.length) throw new Stop("cut_short", packed.length);
    at += count;
    return at - count;
  };
  if (packed.length === 0) throw new Stop("cut_short", 0);
  while (at < packed.length) {
    const magic = view.getUint32(need(4), true);
    if ((magic & 0xffff_fff0) >>> 0 === SKIPPABLE) {
      need(view.getUint32(need(4), true));
      continue;
    }
    if (magic !== MAGIC) throw new Stop(at > 4 ? "trailing" : "malformed", at - 4);
    frame(packed, view, need, out);
  }
}

function frame(packed: Uint8Array, view: DataView, need: (count: number) => number, out: Growing): void {
  const flagsAt = need(2);
  const flags = packed[flagsAt] ?? 0;
  if (flags >> 6 !== 1) throw new Stop("malformed", flagsAt);
  // a dictionary is known to producer and consumer only
  if ((flags & 0x01) !== 0) throw new Stop("malformed", flagsAt);
  if ((flags & 0x08) !== 0) need(8);
  const descriptorEnd = need(1);
  if (packed[descriptorEnd] !== ((checksum(packed, flagsAt, descriptorEnd) >>> 8) & 0xff)) throw new Stop("malformed", descriptorEnd);
  const start = out.length;
  for (;;) {
    const sizeAt = need(4);
    const size = view.getUint32(sizeAt, true);
    if (size === 0) break;
    const length = size % UNCOMPRESSED;
    const from = need(length);
    if (size >= UNCOMPRESSED) out.put(packed.subarray(from, from + length), from);
    else block(packed, from, from + length, start, out);
    if ((flags & 0x10) !== 0 && view.getUint32(need(CHECKSUM_BYTES), true) !== checksum(packed, from, from + length)) throw new Stop("malformed", from);
  }
  if ((flags & 0x04) === 0) return;
  const checkAt = need(CHECKSUM_BYTES);
  const whole = out.view();
  if (view.getUint32(checkAt, true) !== checksum(whole, start, whole.length)) throw new Stop("malformed", checkAt);
}

const checksum = (bytes: Uint8Array, from: number, to: number): number => xxh32.hash(0, bytes, from, to - from);

/** One block: literals and copies of what was unpacked before, which may reach back to the frame's `start`. */
function block(packed: Uint8Array, from: number, end: number, start: number, out: Growing): void {
  let at = from;
  const next = (): number => {
    const byte = at < end ? packed[at] : undefined;
    if (byte === undefined) throw new Stop("malformed", at);
    at++;
    return byte;
  };
  const length = (nibble: number): number => {
    if (nibble < 15) return nibble;
    for (let total = nibble; ; ) {
      const more = next();
      total += more;
      if (more < 255) return total;
    }
  };
  while (at < end) {
    const token = next();
    const literals = length(token >> 4);
    if (at + literals > end) throw new Stop("malformed", at);
    out.put(packed.subarray(at, at + literals), at);
    at += literals;
    // the last sequence has literals only
    if (at === end) return;
    const offset = next() | (next() << 8);
    if (offset === 0 || offset > out.length - start) throw new Stop("malformed", at);
    out.repeat(offset, length(token & 0x0f) + MIN_MATCH, at);
  }
}
