import { isJson, tokenAt, type Token } from "./scan.ts";

/** A value inside a JSON text: offsets, `end` exclusive. Every function here takes spans of a text that is JSON. */
export type Span = { readonly start: number; readonly end: number };

/** One member of an object: from its key to the end of its value. Keys may repeat. */
export type Member = Span & { readonly key: string; readonly value: Span };

/** The whole value of a text, or null when the text is not JSON. */
export const rootOf = (text: string): Span | null => (isJson(text) ? valueAt(text, 0) : null);

/** A token of a text already known to be JSON. */
function known(text: string, at: number): Token {
  const token = tokenAt(text, at);
  if (typeof token === "string") throw new RangeError(`no JSON token at ${at}`);
  return token;
}

function valueAt(text: string, at: number): Span {
  const first = known(text, at);
  let depth = 0;
  for (let token = first; ; token = known(text, token.end)) {
    if (token.kind === "{" || token.kind === "[") depth++;
    if (token.kind === "}" || token.kind === "]") depth--;
    if (depth === 0) return { start: first.start, end: token.end };
  }
}

/** The members of an object in order; none when the value is no object. */
export function membersOf(text: string, object: Span): Member[] {
  const members: Member[] = [];
  if (text[object.start] !== "{") return members;
  let token = known(text, object.start + 1);
  while (token.kind === "string") {
    const value = valueAt(text, known(text, token.end).end);
    const key: string = JSON.parse(text.slice(token.start, token.end));
    members.push({ key, value, start: token.start, end: value.end });
    const after = known(text, value.end);
    if (after.kind !== ",") break;
    token = known(text, after.end);
  }
  return members;
}

/** The values of an array in order; none when the value is no array. */
export function itemsOf(text: string, array: Span): Span[] {
  const items: Span[] = [];
  if (text[array.start] !== "[") return items;
  let token = known(text, array.start + 1);
  while (token.kind !== "]") {
    const item = valueAt(text, token.start);
    items.push(item);
    const after = known(text, item.end);
    token = after.kind === "," ? known(text, after.end) : after;
  }
  return items;
}

/** The value under a key, the last one where the key repeats (as parsers take it), or null. */
export const memberOf = (text: string, object: Span, key: string): Span | null =>
  membersOf(text, object).findLast((member) => member.key === key)?.value ?? null;

/** The string a value holds, or null when it is no string. */
export const stringOf = (text: string, value: Span | null): string | null =>
  value !== null && text[value.start] === '"' ? String(JSON.parse(text.slice(value.start, value.end))) : null;

/** The integer a value holds, or null when it is none or beyond 2^53. */
export function integerOf(text: string, value: Span | null): number | null {
  if (value === null || value.end - value.start > 17) return null;
  const digits = text.slice(value.start, value.end);
  const integer = /^-?\d+$/.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(integer) ? integer : null;
}
