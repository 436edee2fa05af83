import { scanJson } from "./scan.ts";

/** Deeper levels stay on one line: an indent that grows with the depth would make a text of quadratic size. */
const MAX_INDENTED_DEPTH = 32;

/**
 * A JSON text with a member or item a line, two spaces a level. Every key, string and number keeps its characters,
 * order and repeats; only white space between tokens changes. Null when the text is not JSON, or when the result
 * would be longer than `maxLength` UTF-16 units.
 */
export function prettyJson(text: string, maxLength: number): string | null {
  const parts: string[] = [];
  let length = 0;
  let opened = false;
  const push = (part: string): void => {
    length += part.length;
    if (length <= maxLength) parts.push(part);
  };
  const newLine = (depth: number): void => {
    if (depth <= MAX_INDENTED_DEPTH) push(`\n${"  ".repeat(depth)}`);
  };

  const verdict = scanJson(text, ({ kind, start, end }, depth) => {
    const closes = kind === "}" || kind === "]";
    if (closes && !opened && depth < MAX_INDENTED_DEPTH) newLine(depth);
    if (!closes && opened) newLine(depth);
    opened = kind === "{" || kind === "[";
    push(text.slice(start, end));
    if (kind === ":") push(" ");
    if (kind !== ",") return;
    if (depth > MAX_INDENTED_DEPTH) push(" ");
    newLine(depth);
  });
  return verdict === "valid" && length <= maxLength ? parts.join("") : null;
}
