import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import lz4 from "lz4js";
import snappy from "snappyjs";
import { kafkajs } from "./client.ts";

/** What Java's producers put in front of Snappy blocks, each behind its length; xerial snappy-java, SnappyCodec. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;
/** A batch of records that unpacks to more is refused: memory is not the producer's to fill. */
const MAX_UNPACKED = 256 * 1024 * 1024;

function unsnap(packed: Buffer): Buffer {
  if (!packed.subarray(0, XERIAL.length).equals(XERIAL)) return Buffer.from(snappy.uncompress(packed, MAX_UNPACKED));
  const blocks: Buffer[] = [];
  let unpacked = 0;
  for (let at = XERIAL_HEADER_BYTES; at + 4 <= packed.length; ) {
    const size = packed.readUInt32BE(at);
    const block = Buffer.from(snappy.uncompress(packed.subarray(at + 4, at + 4 + size), MAX_UNPACKED - unpacked));
    unpacked += block.length;
    blocks.push(block);
    at += 4 + size;
  }
  return Buffer.concat(blocks);
}

type Encoded = { readonly buffer: Buffer };
const codec = (pack: (bytes: Buffer) => Uint8Array, unpack: (bytes: Buffer) => Uint8Array) => () => ({
  compress: async ({ buffer }: Encoded): Promise<Buffer> => Buffer.from(pack(buffer)),
  decompress: async (buffer: Buffer): Promise<Buffer> => Buffer.from(unpack(buffer)),
});

/** Teaches kafkajs, which knows gzip alone, the three other ways in which producers compress. */
export function learnCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = codec((bytes) => snappy.compress(bytes), unsnap);
  CompressionCodecs[CompressionTypes.LZ4] = codec((bytes) => lz4.compress(bytes), (bytes) => lz4.decompress(bytes, MAX_UNPACKED));
  CompressionCodecs[CompressionTypes.ZSTD] = codec(zstdCompressSync, (bytes) => zstdDecompressSync(bytes, { maxOutputLength: MAX_UNPACKED }));
}
