import { prettyJson } from "../json/pretty.ts";
import { scanJson } from "../json/scan.ts";
import { utf8Of } from "./bytes.ts";

/** How a screen shows a body at first. */
type PayloadKind = "json" | "text" | "binary" | "empty";

/** A view of a body, bounded: never what is resent or downloaded. */
export type PayloadView = {
  /** Of the whole body, in bytes. */
  readonly size: number;
  /** Whether `text` ends before the body does. */
  readonly truncated: boolean;
  readonly kind: PayloadKind;
  /** The characters as they came, with any byte order mark; null when the bytes shown are no UTF-8. */
  readonly text: string | null;
  /** `text` laid out, when it is a whole JSON value and the layout does not make it many times longer. */
  readonly pretty: string | null;
};

const BOM = "\uFEFF";
const MAX_PRETTY_GROWTH = 4;
/** The control characters that texts have: tab, line feed, form feed, carriage return and escape. */
const IN_TEXT = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);
const TEXT_TYPE = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|x-ndjson)\b)/i;
const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json\b/i;

/** The first `max` bytes, less a character that the cut would split. */
function head(bytes: Uint8Array, max: number): Uint8Array {
  if (bytes.length <= max) return bytes;
  let end = max;
  while (end > 0 && max - end < 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  // Not the middle of a character after all, so the bytes are no UTF-8 and may be cut anywhere.
  return bytes.subarray(0, ((bytes[end] ?? 0) & 0xc0) === 0x80 ? max : end);
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 || code === 0x7f) && !IN_TEXT.has(code)) return true;
  }
  return false;
}

/** A bare number or word is JSON by its grammar, but JSON to a person only if the producer says so. */
function jsonKind(text: string, contentType: string, truncated: boolean): boolean {
  const verdict = scanJson(text);
  if (verdict !== "valid" && !(truncated && verdict === "cut")) return false;
  return JSON_TYPE.test(contentType) || /^\s*[{[]/.test(text);
}

/**
 * What a body looks like: its kind, its text and its JSON laid out. Looks at the first `maxBytes` only. Never throws,
 * and never converts a number: 20 digits, repeated keys and their order stay as they came.
 */
export function describe(
  bytes: Uint8Array,
  contentType: string | null,
  { maxBytes }: { readonly maxBytes: number },
): PayloadView {
  const size = bytes.length;
  if (size === 0) return { size, truncated: false, kind: "empty", text: "", pretty: null };
  const shown = head(bytes, Math.max(0, Math.floor(maxBytes)));
  const truncated = shown.length < size;
  const text = utf8Of(shown);
  if (text === null) return { size, truncated, kind: "binary", text, pretty: null };
  const type = contentType?.slice(0, 200).trim() ?? "";
  const json = text.startsWith(BOM) ? text.slice(1) : text;
  if (jsonKind(json, type, truncated)) {
    const pretty = truncated ? null : prettyJson(json, json.length * MAX_PRETTY_GROWTH + 1_000);
    return { size, truncated, kind: "json", text, pretty };
  }
  const kind = hasControls(text) && !TEXT_TYPE.test(type) ? "binary" : "text";
  return { size, truncated, kind, text, pretty: null };
}
