export type JsonTokenKind = "key" | "string" | "number" | "literal" | "mark" | "text";
export type JsonToken = { readonly kind: JsonTokenKind; readonly text: string };

const TOKEN = /"(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*|true\b|false\b|null\b|[{}[\],:]|\s+|[^\s"{}[\],:]+/gu;
const KEY_FOLLOWS = /^\s*:/u;

function kindOf(token: string, rest: string): JsonTokenKind {
  const first = token[0] ?? "";
  if (first === '"') return KEY_FOLLOWS.test(rest) ? "key" : "string";
  if (/^-?\d/u.test(token)) return "number";
  if (token === "true" || token === "false" || token === "null") return "literal";
  return /[{}[\],:]/u.test(first) ? "mark" : "text";
}

/**
 * Colours for one line of JSON. It never parses: whatever the text is, the tokens joined are the text, so what cannot be
 * JSON is still shown as it is and 20-digit numbers keep every digit.
 */
export function tokenizeJsonLine(line: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  let from = 0;
  for (const match of line.matchAll(TOKEN)) {
    if (match.index > from) tokens.push({ kind: "text", text: line.slice(from, match.index) });
    from = match.index + match[0].length;
    tokens.push({ kind: kindOf(match[0], line.slice(from, from + 32)), text: match[0] });
  }
  if (from < line.length) tokens.push({ kind: "text", text: line.slice(from) });
  return tokens;
}
