import { itemsOf, memberOf, rootOf, type Span } from "./read.ts";

/**
 * The value under a JSON pointer (RFC 6901) in a text, as a span of that text, so that every digit and space of it is kept.
 * Null when the text is no JSON or has no such value. Of a repeated key the last counts, as parsers take it.
 */
export function spanAt(text: string, pointer: string): Span | null {
  let value = rootOf(text);
  for (const token of tokensOf(pointer)) {
    if (value === null) return null;
    if (text[value.start] === "[") value = /^(?:0|[1-9]\d*)$/.test(token) ? (itemsOf(text, value)[Number(token)] ?? null) : null;
    else value = memberOf(text, value, token);
  }
  return value;
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
