const ROW = 16;

export type HexRow = {
  /** Of the row's first byte, in bytes from the start of the body. */
  readonly offset: number;
  /** Up to 16 bytes in hex, two digits each. */
  readonly hex: readonly string[];
  /** The same bytes as characters: printable ASCII, a dot for the rest. */
  readonly ascii: string;
};

const whole = (value: number, max: number): number => (value > 0 ? Math.min(Math.floor(value), max) : 0);

/** Rows of 16 bytes from `offset` on, `length` bytes together or up to the end. Out of range gives fewer rows or none. */
export function hexDump(bytes: Uint8Array, offset: number, length: number): HexRow[] {
  const start = whole(offset, bytes.length);
  const end = start + whole(length, bytes.length - start);
  const rows: HexRow[] = [];
  for (let at = start; at < end; at += ROW) {
    const row = Array.from(bytes.subarray(at, Math.min(at + ROW, end)));
    rows.push({
      offset: at,
      hex: row.map((byte) => byte.toString(16).padStart(2, "0")),
      ascii: row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
    });
  }
  return rows;
}
