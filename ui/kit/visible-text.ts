/**
 * Characters that are not seen but change what is seen: controls, formats (zero-width, bidi), line separators, lone
 * surrogates, fillers. The emoji selector U+FE0F is left out: it only picks a glyph.
 */
const UNSEEN = /(?!\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

export type TextPart = { readonly text: string; readonly unseen: boolean };

const codeOf = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/**
 * Cuts text into what can be shown as it is and unseen characters, the latter as their code ("U+202E"). With
 * `multiline`, line feeds and tabs count as seen.
 */
export function visibleParts(text: string, multiline = false): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (multiline && (match[0] === "\n" || match[0] === "\t")) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index), unseen: false });
    parts.push({ text: codeOf(match[0]), unseen: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), unseen: false });
  return parts;
}

/** The same as one string, for names inside sentences, button texts and labels: "pay[U+202E]ments". */
export const visibleText = (text: string, max = 200): string => {
  const shown = visibleParts(text.slice(0, max)).map((part) => (part.unseen ? `[${part.text}]` : part.text));
  return shown.join("") + (text.length > max ? "…" : "");
};
