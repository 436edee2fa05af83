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

/** Each token is an element on the page: a hostile line of brackets must not become tens of thousands of them. */
const MAX_TOKENS = 2_000;

/**
 * Colours for one line of JSON; neighbours of one colour are one token, and what is beyond the first tokens has none.
 * It never parses: whatever the text is, the tokens joined are the text, so what cannot be JSON is still shown as it is
 * and 20-digit numbers keep every digit.
 */
export function tokenizeJsonLine(line: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  const push = (kind: JsonTokenKind, text: string): void => {
    const last = tokens.at(-1);
    if (last?.kind === kind) tokens[tokens.length - 1] = { kind, text: last.text + text };
    else tokens.push({ kind, text });
  };
  let from = 0;
  for (const match of line.matchAll(TOKEN)) {
    if (tokens.length >= MAX_TOKENS) break;
    if (match.index > from) push("text", line.slice(from, match.index));
    from = match.index + match[0].length;
    push(kindOf(match[0], line.slice(from, from + 32)), match[0]);
  }
  if (from < line.length) push("text", line.slice(from));
  return tokens;
}
