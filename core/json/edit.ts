import type { Member, Span } from "./read.ts";

/** A piece of text in place of a span. */
export type Edit = Span & { readonly text: string };

/**
 * The edits that take the members at `positions` (ascending) out of an object, each with the comma that joins it to
 * its neighbour. Everything else keeps its bytes.
 */
export function removals(members: readonly Member[], positions: readonly number[]): Edit[] {
  const gone = new Set(positions);
  const edits: Edit[] = [];
  let kept = false;
  for (const [index, member] of members.entries()) {
    if (!gone.has(index)) {
      kept = true;
      continue;
    }
    const start = kept ? (members[index - 1]?.end ?? member.start) : member.start;
    const end = kept ? member.end : (members[index + 1]?.start ?? member.end);
    edits.push({ start, end, text: "" });
  }
  return edits;
}

/** The text with edits that do not overlap applied, in any order. */
export function edited(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return parts.join("") + text.slice(at);
}
