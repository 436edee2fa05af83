import { rootOf, type Span } from "../json/read.ts";
import { utf8Of } from "../message/bytes.ts";

/** A JSON object in its text. */
export type JsonObject = { readonly text: string; readonly root: Span };

const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
const BRACE = 0x7b;

type Read = { readonly text: string | null; object?: JsonObject | null };
/** A body is never changed in place, and several decoders ask for the same: its text is made once. */
const known = new WeakMap<Uint8Array, Read>();

function read(body: Uint8Array): Read {
  const before = known.get(body);
  if (before !== undefined) return before;
  const made: Read = { text: body.find((byte) => !SPACES.has(byte)) === BRACE ? utf8Of(body) : null };
  known.set(body, made);
  return made;
}

/**
 * The JSON object that a body is, or null for any other body and for one without all of these names. Cheap to say no:
 * only a text that has the names somewhere is read as JSON, since every message that is captured is asked.
 */
export function jsonObjectIn(body: Uint8Array, names: readonly string[]): JsonObject | null {
  const seen = read(body);
  const { text } = seen;
  if (text === null || !names.every((name) => text.includes(`${name}"`))) return null;
  if (seen.object === undefined) {
    const root = rootOf(text);
    seen.object = root === null ? null : { text, root };
  }
  return seen.object;
}
