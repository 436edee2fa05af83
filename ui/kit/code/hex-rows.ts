export type HexRow = { readonly offset: string; readonly hex: string; readonly ascii: string };

const ROW = 16;
const hexOf = (byte: number) => byte.toString(16).padStart(2, "0");
const isPrintable = (byte: number) => byte >= 0x20 && byte < 0x7f;

/** The first `limit` bytes, sixteen a row: offset, hex in two halves, printable ASCII. */
export function hexRows(bytes: Uint8Array, limit: number): HexRow[] {
  const end = Math.min(bytes.length, limit);
  return Array.from({ length: Math.ceil(end / ROW) }, (_, row) => {
    const slice = [...bytes.subarray(row * ROW, Math.min(end, (row + 1) * ROW))];
    const halves = [slice.slice(0, ROW / 2), slice.slice(ROW / 2)].map((half) => half.map(hexOf).join(" "));
    return {
      offset: (row * ROW).toString(16).padStart(8, "0"),
      hex: halves.join("  ").padEnd(ROW * 3, " "),
      ascii: slice.map((byte) => (isPrintable(byte) ? String.fromCharCode(byte) : "·")).join(""),
    };
  });
}

/** Bytes of a base64 string, as it comes over the wire. Throws on text that is not base64. */
export const bytesOfBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
