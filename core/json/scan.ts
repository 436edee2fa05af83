type TokenKind = "{" | "}" | "[" | "]" | ":" | "," | "string" | "number" | "literal";

/** Offsets into the text, `end` exclusive. */
export type Token = { readonly kind: TokenKind; readonly start: number; readonly end: number };

/** `cut`: what is there is JSON, but it stops too early. */
export type Verdict = "valid" | "cut" | "invalid";

type Expect = "value" | "value_or_close" | "key" | "key_or_close" | "colon" | "comma_or_close" | "nothing";

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** What a number that stops too early ends with; tried only on the last characters of a text. */
const CUT_NUMBER = /^(?:\.|[eE][+-]?)$/;
const LITERAL = /true|false|null/y;
const LITERALS = ["true", "false", "null"];

/** The offset after the string that opens at `start`; -1 when it is not closed, -2 when it is no JSON string. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -2;
    if (code !== 0x5c) continue;
    at++;
    if (at >= text.length) return -1;
    if (text[at] === "u") {
      const digits = text.slice(at + 1, at + 5);
      if (!/^[0-9a-fA-F]*$/.test(digits)) return -2;
      if (digits.length < 4) return -1;
      at += 4;
    } else if (!'"\\/bfnrt'.includes(text[at] ?? "")) return -2;
  }
  return -1;
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** The next token at or after `from`, `end` when only white space is left, or why there is none. */
export function tokenAt(text: string, from: number): Token | "end" | "cut" | "invalid" {
  let start = from;
  while (start < text.length && " \t\n\r".includes(text.charAt(start))) start++;
  if (start >= text.length) return "end";
  const first = text.charAt(start);
  switch (first) {
    case "{":
    case "}":
    case "[":
    case "]":
    case ":":
    case ",":
      return { kind: first, start, end: start + 1 };
    case '"': {
      const end = endOfString(text, start);
      return end > 0 ? { kind: "string", start, end } : end === -1 ? "cut" : "invalid";
    }
  }
  const literal = match(LITERAL, text, start);
  if (literal > 0) return { kind: "literal", start, end: literal };
  const number = match(NUMBER, text, start);
  if (number > 0 && CUT_NUMBER.test(text.slice(number, number + 3))) return "cut";
  if (number > 0) return { kind: "number", start, end: number };
  const rest = text.slice(start, start + 5);
  return rest === "-" || LITERALS.some((word) => word.startsWith(rest)) ? "cut" : "invalid";
}

/** What may follow a token, or null when the token may not stand there. `open` is the stack of open brackets. */
function step(expect: Expect, kind: TokenKind, open: TokenKind[]): Expect | null {
  const closed = (): Expect => (open.length === 0 ? "nothing" : "comma_or_close");
  switch (expect) {
    case "value":
    case "value_or_close":
      if (kind === "]" && expect === "value_or_close") {
        open.pop();
        return closed();
      }
      if (kind === "{" || kind === "[") {
        open.push(kind);
        return kind === "{" ? "key_or_close" : "value_or_close";
      }
      return kind === "string" || kind === "number" || kind === "literal" ? closed() : null;
    case "key":
    case "key_or_close":
      if (kind === "}" && expect === "key_or_close") {
        open.pop();
        return closed();
      }
      return kind === "string" ? "colon" : null;
    case "colon":
      return kind === ":" ? "value" : null;
    case "comma_or_close": {
      const top = open.at(-1);
      if (kind === ",") return top === "{" ? "key" : "value";
      if (kind !== (top === "{" ? "}" : "]")) return null;
      open.pop();
      return closed();
    }
    case "nothing":
      return null;
  }
}

/**
 * Walks a text as JSON (RFC 8259), calling `visit` for every token that may stand where it stands, with the depth
 * outside of it. Iterative, in linear time, at any depth; numbers are never converted.
 */
export function scanJson(text: string, visit?: (token: Token, depth: number) => void): Verdict {
  const open: TokenKind[] = [];
  let expect: Expect = "value";
  let at = 0;
  for (;;) {
    const token = tokenAt(text, at);
    if (token === "end") return expect === "nothing" ? "valid" : "cut";
    if (token === "cut") return expect === "nothing" ? "invalid" : "cut";
    if (token === "invalid") return "invalid";
    const before = open.length;
    const next = step(expect, token.kind, open);
    if (next === null) return "invalid";
    visit?.(token, Math.min(before, open.length));
    expect = next;
    at = token.end;
  }
}

/** Whether a text is one JSON value. */
export const isJson = (text: string): boolean => scanJson(text) === "valid";
