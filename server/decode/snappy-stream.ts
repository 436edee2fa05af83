import { crc32c } from "./crc32c.ts";
import snappy from "snappyjs";
import { Stop } from "#core/formats/node.ts";
import { SNAPPY_FRAMED, SNAPPY_XERIAL } from "#core/message/views.ts";
import type { Growing } from "./growing.ts";

/** How Snappy's blocks are strung together: not at all, by Snappy's framing format, or as Java's snappy-java does. */
export type SnappyForm = "raw" | "framed" | "xerial";

const XERIAL_HEADER = 16;
/** The framing format's largest piece of content. */
const CHUNK = 65_536;
const COMPRESSED = 0x00;
const PLAIN = 0x01;
/** Chunk types up to here may not be skipped. */
const LAST_RESERVED = 0x7f;

const starts = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, at) => bytes[at] === byte);

export const snappyForm = (packed: Uint8Array): SnappyForm =>
  starts(packed, SNAPPY_FRAMED) ? "framed" : starts(packed, SNAPPY_XERIAL) ? "xerial" : "raw";

/** Unpacks into `out`. Throws Stop; what was unpacked until then is in `out`. */
export function unpackSnappy(packed: Uint8Array, out: Growing, max: number): void {
  const form = snappyForm(packed);
  if (form === "raw") return block(packed, 0, packed.length, out, max);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = form === "xerial" ? XERIAL_HEADER : 0;
  if (at > packed.length) throw new Stop("cut_short", packed.length);
  while (at < packed.length) {
    if (at + 4 > packed.length) throw new Stop("cut_short", packed.length);
    const word = view.getUint32(at, form === "framed");
    const size = form === "framed" ? word >>> 8 : word;
    const from = at + 4;
    if (from + size > packed.length) throw new Stop("cut_short", packed.length);
    if (form === "xerial") block(packed, from, from + size, out, max);
    else chunk(packed, view, word & 0xff, from, from + size, out, max);
    at = from + size;
  }
}

function block(packed: Uint8Array, from: number, to: number, out: Growing, max: number): void {
  let unpacked: Uint8Array;
  // the block begins with its unpacked size, and the library makes room for it at once
  if (sizeOf(packed, from, to) > max - out.length) throw new Stop("too_large", from);
  try {
    unpacked = snappy.uncompress(packed.subarray(from, to), max - out.length);
  } catch {
    throw new Stop("malformed", from);
  }
  out.put(unpacked, from);
}

function sizeOf(packed: Uint8Array, from: number, to: number): number {
  let size = 0;
  for (let at = from; at < to && at < from + 5; at++) {
    const byte = packed[at] ?? 0;
    size += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return size;
  }
  throw new Stop("malformed", from);
}

function chunk(packed: Uint8Array, view: DataView, type: number, from: number, to: number, out: Growing, max: number): void {
  if (type > LAST_RESERVED) return;
  if (type > PLAIN || to - from < 4) throw new Stop("malformed", from);
  const start = out.length;
  if (type === COMPRESSED) block(packed, from + 4, to, out, max);
  else out.put(packed.subarray(from + 4, to), from);
  if (view.getUint32(from, true) !== masked(out.view().subarray(start))) throw new Stop("malformed", from);
}

/** The framing format's checksum: turned, so that bytes that hold their own checksum do no harm. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Packs in the form the bytes had. `before` is what they were, for the versions in snappy-java's header. */
export function packSnappy(bytes: Uint8Array, form: SnappyForm, before: Uint8Array): Uint8Array {
  if (form === "raw") return snappy.compress(bytes);
  const parts: Uint8Array[] = [form === "framed" ? Uint8Array.from(SNAPPY_FRAMED) : before.subarray(0, XERIAL_HEADER)];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const piece = bytes.subarray(at, at + CHUNK);
    const packed = snappy.compress(piece);
    const head = Buffer.alloc(form === "framed" ? 8 : 4);
    if (form === "framed") {
      head.writeUInt32LE(((packed.length + 4) * 256 + COMPRESSED) >>> 0);
      head.writeUInt32LE(masked(piece), 4);
    } else head.writeUInt32BE(packed.length);
    parts.push(head, packed);
  }
  return Buffer.concat(parts);
}
