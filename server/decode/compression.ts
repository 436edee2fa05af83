import { createGunzip, createZstdDecompress, gzipSync, zstdCompressSync } from "node:zlib";
import type { Transform } from "node:stream";
import lz4 from "lz4js";
import { Stop } from "#core/formats/node.ts";
import type { Encoding } from "#core/message/views.ts";
import { Growing } from "./growing.ts";
import { unpackLz4 } from "./lz4-frame.ts";
import { packSnappy, snappyForm, unpackSnappy } from "./snappy-stream.ts";

/** What a layer held, and why it is not all of it, if it is not. */
export type Unpacked = { readonly bytes: Uint8Array; readonly stop: Stop | null };

/** Takes one encoding off, up to `max` bytes. Never throws for what the bytes are. */
export async function unpack(encoding: Encoding, packed: Uint8Array, max: number): Promise<Unpacked> {
  const out = new Growing(max);
  try {
    await UNPACK[encoding](packed, out, max);
    return { bytes: out.view(), stop: null };
  } catch (error) {
    if (error instanceof Stop) return { bytes: out.view(), stop: error };
    throw error;
  }
}

const UNPACK: Readonly<Record<Encoding, (packed: Uint8Array, out: Growing, max: number) => void | Promise<void>>> = {
  gzip: async (packed, out) => void (await flow(createGunzip(), packed, out)),
  zstd: unpackZstd,
  snappy: unpackSnappy,
  lz4: unpackLz4,
};

/** Frames may follow each other, and Node's decoder stops after the first. */
async function unpackZstd(packed: Uint8Array, out: Growing): Promise<void> {
  let at = 0;
  do {
    const rest = packed.subarray(at);
    if (at > 0 && !isZstd(rest)) throw new Stop("trailing", at);
    const taken = await flow(createZstdDecompress(), rest, out);
    if (taken === 0) throw new Stop("malformed", at);
    at += taken;
  } while (at < packed.length);
}

/** A frame, or one to be skipped: RFC 8878, 3.1. */
const isZstd = ([a = 0, b, c, d]: Uint8Array): boolean => (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) || ((a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18);

/** Lets bytes flow through a decoder of Node's into `out`; resolves to how many it took. Rejects with Stop. */
function flow(decoder: Transform & { readonly bytesWritten: number }, packed: Uint8Array, out: Growing): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  decoder.on("data", (part: Buffer) => {
    try {
      out.put(part, decoder.bytesWritten);
    } catch (stop) {
      decoder.destroy();
      reject(stop as Stop);
    }
  });
  decoder.on("error", (error: NodeJS.ErrnoException) => reject(new Stop(error.code === "Z_BUF_ERROR" ? "cut_short" : "malformed", decoder.bytesWritten)));
  decoder.on("end", () => resolve(decoder.bytesWritten));
  decoder.end(packed);
  return promise;
}

/** Packs anew, in the form that `before` had where an encoding has several. */
export function pack(encoding: Encoding, bytes: Uint8Array, before: Uint8Array): Uint8Array {
  switch (encoding) {
    case "gzip":
      return gzipSync(bytes);
    case "zstd":
      return zstdCompressSync(bytes);
    case "lz4":
      return lz4.compress(bytes);
    case "snappy":
      return packSnappy(bytes, snappyForm(before), before);
  }
}
