import { utf8Of } from "./bytes.ts";

/** A body as an editor shows it, and the way back to bytes. */
export type EditableText = {
  /** For an editor that keeps every character but cuts lines at "\n" only. */
  readonly shown: string;
  /** The bytes of the edited text: what was not touched comes out as it came in. */
  toBytes(edited: string): Uint8Array<ArrayBuffer>;
};

const BOM = "\uFEFF";

/**
 * The text of a body for an editor; null when it is no UTF-8. A byte order mark and uniform CRLF line ends are taken
 * off and put back. Where line ends are mixed every "\r" stays in the text, so that lines nobody touched keep theirs.
 */
export function editableText(bytes: Uint8Array): EditableText | null {
  const whole = utf8Of(bytes);
  if (whole === null) return null;
  const bom = whole.startsWith(BOM) ? BOM : "";
  const text = whole.slice(bom.length);
  const encode = (edited: string) => new TextEncoder().encode(bom + edited);
  const loneEnds = /(?<!\r)\n|\r(?!\n)/.test(text);
  if (!text.includes("\r")) return { shown: text, toBytes: (edited) => encode(edited.replaceAll(/\r\n?/g, "\n")) };
  if (loneEnds) return { shown: text, toBytes: encode };
  return { shown: text.replaceAll("\r\n", "\n"), toBytes: (edited) => encode(edited.replaceAll(/\r?\n/g, "\r\n")) };
}

const BYTES_A_LINE = 16;

/** Bytes as hex to be edited: pairs, 16 a line. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE)
    lines.push([...bytes.subarray(at, at + BYTES_A_LINE)].map((byte) => byte.toString(16).padStart(2, "0")).join(" "));
  return lines.join("\n");
}

/** The bytes of hex text, white space anywhere; null when it is none. */
export function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> | null {
  const digits = hex.replaceAll(/\s+/g, "");
  if (digits.length % 2 === 1 || !/^[0-9a-f]*$/i.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16));
}

const CHUNK = 0x8000;

/** Bytes as base64, for the API. */
export function base64Of(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return btoa(parts.join(""));
}
