import { itemsOf, memberOf, rootOf, type Span } from "./read.ts";

/** The value a JSON pointer (RFC 6901) names in a text, or null when the text is no JSON or has no such value. */
export function spanAt(text: string, pointer: string): Span | null {
  let at = rootOf(text);
  for (const token of pointer === "" ? [] : pointer.slice(1).split("/")) {
    if (at === null) return null;
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    at = text[at.start] === "[" ? itemAt(text, at, key) : memberOf(text, at, key);
  }
  return at;
}

const itemAt = (text: string, array: Span, key: string): Span | null => (/^(0|[1-9]\d{0,8})$/.test(key) ? (itemsOf(text, array)[Number(key)] ?? null) : null);
