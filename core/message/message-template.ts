/** An error message longer than this is cut before any pattern sees it. */
const MAX_RAW = 4_096;
const MAX_TEMPLATE = 300;

const UNIT = /^\d+(?:ms|s|sec|min|h|d|b|kb|mb|gb|kib|mib|gib)$/i;
const HEX_WORD = /^[0-9a-f]{8,}$/i;

/** Every quantifier is bounded, so a pattern costs the length of the text times a constant. The order matters. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>]{1,1000}/gi, "<url>"],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, "<email>"],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,:]\d{1,9})?)?)?(?: ?(?:Z\b|UTC\b|[+-]\d\d:?\d\d))?/g, "<time>"],
  [/\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\b/g, "<time>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<uuid>"],
  [/"[^"\n]{0,200}"|`[^`\n]{0,200}`|(?<!\w)'[^'\n]{0,200}'(?!\w)/g, "<value>"],
  [/\b0x[0-9a-f]{1,64}\b/gi, "<hex>"],
  [/(?<![\w.])[+-]?\d{1,40}(?:[.,]\d{1,40}){0,8}(?!\w)/g, "<n>"],
];

/** A word with a digit in it is an id, but for a quantity with its unit. */
function word(token: string): string {
  if (!/\d/.test(token)) return HEX_WORD.test(token) ? "<id>" : token;
  if (/^\d+$/.test(token)) return "<n>";
  return UNIT.test(token) ? `<n>${token.replace(/^\d+/, "")}` : "<id>";
}

/**
 * An error message with what differs from one failure to the next taken out: "order 7 of a@b.c" and "order 12 of
 * d@e.f" are both "order <n> of <email>". One line, at most 300 code units, in linear time.
 */
export function messageTemplate(message: string): string {
  let text = message.slice(0, MAX_RAW);
  for (const [pattern, placeholder] of PLACEHOLDERS) text = text.replace(pattern, placeholder);
  text = text.replace(/[\w-]+/g, word);
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, MAX_TEMPLATE);
}
