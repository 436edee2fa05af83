import { rootOf, type Span } from "../json/read.ts";
import { utf8Of } from "../message/bytes.ts";

/** A JSON object in its text. */
export type JsonObject = { readonly text: string; readonly root: Span };

const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
const BRACE = 0x7b;

/**
 * The JSON object that a body is, or null for any other body and for one without all of these names. Cheap to say no:
 * only a text that has the names somewhere is read as JSON, since every message that is captured is asked.
 */
export function jsonObjectIn(body: Uint8Array, names: readonly string[]): JsonObject | null {
  if (body.find((byte) => !SPACES.has(byte)) !== BRACE) return null;
  const text = utf8Of(body);
  if (text === null || !names.every((name) => text.includes(`"${name}"`))) return null;
  const root = rootOf(text);
  return root === null ? null : { text, root };
}
