import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

/*
 * The timestamp extension of MessagePack: seconds in 32 bits, or nanoseconds in 30 bits before seconds in 34, or
 * nanoseconds in 32 before signed seconds in 64.
 */

/** Seconds that a date of four digits can say: years 0001 to 9999. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;
const TEXT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** RFC 3339 in UTC with the digits it needs; null when no such text would give the same bytes again. */
export function timestampText(bytes: Uint8Array): string | null {
  const parts = partsOf(bytes);
  if (parts === null) return null;
  const { seconds, nanoseconds } = parts;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanoseconds > 999_999_999n) return null;
  if (bytesOfParts(seconds, nanoseconds).length !== bytes.length) return null;
  const date = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  const fraction = nanoseconds === 0n ? "" : `.${String(nanoseconds).padStart(9, "0").replace(/0+$/, "")}`;
  return `${date}${fraction}Z`;
}

/** The bytes of such a text in their shortest form; null when it is no moment. */
export function timestampBytes(text: string): Uint8Array | null {
  const [, date, fraction = ""] = TEXT.exec(text) ?? [];
  if (date === undefined) return null;
  const ms = Date.parse(`${date}Z`);
  // the 30th of February would be taken for the 2nd of March
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== date) return null;
  return bytesOfParts(BigInt(ms / 1_000), BigInt(fraction.padEnd(9, "0")));
}

function partsOf(bytes: Uint8Array): { seconds: bigint; nanoseconds: bigint } | null {
  const reader = new ByteReader(bytes);
  switch (bytes.length) {
    case 4:
      return { seconds: reader.unsigned(4), nanoseconds: 0n };
    case 8: {
      const both = reader.unsigned(8);
      return { seconds: both & 0x3_ffff_ffffn, nanoseconds: both >> 34n };
    }
    case 12: {
      const nanoseconds = reader.unsigned(4);
      return { seconds: reader.signed(8), nanoseconds };
    }
    default:
      return null;
  }
}

function bytesOfParts(seconds: bigint, nanoseconds: bigint): Uint8Array {
  const out = new ByteWriter();
  if (seconds < 0n || seconds >= 1n << 34n) {
    out.integer(nanoseconds, 4);
    out.integer(seconds, 8);
  } else if (nanoseconds === 0n && seconds < 1n << 32n) out.integer(seconds, 4);
  else out.integer((nanoseconds << 34n) | seconds, 8);
  return out.toBytes();
}
