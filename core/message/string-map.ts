import { utf8Of } from "./bytes.ts";

/** One entry of a map of texts: its bytes from key to value, and what they say. */
export type StringEntry = { readonly key: string; readonly value: string; readonly start: number; readonly end: number };

type Read = { readonly text: string; readonly end: number };

const size = (bytes: Uint8Array, at: number, width: number): number => bytes.subarray(at, at + width).reduce((sum, byte) => sum * 256 + byte, 0);

function textAt(bytes: Uint8Array, at: number): Read | null {
  const type = bytes[at] ?? 0;
  // fixstr; str 8, 16, 32; bin 8, 16, 32
  const width = type >= 0xd9 && type <= 0xdb ? 1 << (type - 0xd9) : type >= 0xc4 && type <= 0xc6 ? 1 << (type - 0xc4) : null;
  const fixed = (type & 0xe0) === 0xa0;
  if (!fixed && width === null) return null;
  const begin = at + 1 + (width ?? 0);
  const end = begin + (fixed ? type & 31 : size(bytes, at + 1, width ?? 0));
  const text = end > bytes.length ? null : utf8Of(bytes.subarray(begin, end));
  return text === null ? null : { text, end };
}

/** The entries of a MessagePack map of texts to texts, or null when the bytes are anything else. */
export function stringMapOf(bytes: Uint8Array): StringEntry[] | null {
  const type = bytes[0] ?? 0;
  const width = type === 0xde ? 2 : type === 0xdf ? 4 : 0;
  if (width === 0 && (type & 0xf0) !== 0x80) return null;
  const count = width === 0 ? type & 15 : size(bytes, 1, width);
  const entries: StringEntry[] = [];
  let at = 1 + width;
  for (let n = 0; n < count; n++) {
    const key = textAt(bytes, at);
    const value = key === null ? null : textAt(bytes, key.end);
    if (key === null || value === null) return null;
    entries.push({ key: key.text, value: value.text, start: at, end: value.end });
    at = value.end;
  }
  return at === bytes.length ? entries : null;
}

/** The same map with only these of its entries, their bytes as they were. */
export function stringMapWith(bytes: Uint8Array, entries: readonly StringEntry[]): Uint8Array {
  const count = entries.length;
  const head = count < 16 ? [0x80 | count] : [0xdf, count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255];
  return Uint8Array.from([...head, ...entries.flatMap(({ start, end }) => [...bytes.subarray(start, end)])]);
}
