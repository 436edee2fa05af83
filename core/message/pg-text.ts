/**
 * Text that a Postgres `text` column takes: NUL and lone surrogates become U+FFFD, and at most `max` code points
 * are kept. Costs no more than `max`, whatever the length of the text.
 */
export function pgSafe(text: string, max: number): string {
  if (!(max > 0)) return "";
  // A code point takes one or two UTF-16 units, so the first `max` of them lie in here.
  const enough = text
    .slice(0, 2 * Math.floor(max))
    .toWellFormed()
    .replaceAll("\0", "\uFFFD");
  if (enough.length <= max) return enough;
  return [...enough].slice(0, max).join("");
}
