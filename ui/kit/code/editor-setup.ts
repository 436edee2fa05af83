import { json, jsonParseLinter } from "@codemirror/lang-json";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { linter, lintGutter } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";

export type EditorLanguage = "json" | "text";

/** Colours come from the page's tokens, so light and dark need no second theme. */
const look = EditorView.theme({
  "&": { backgroundColor: "var(--sunken)", color: "var(--ink)", fontSize: "0.75rem", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.125rem" },
  ".cm-content": { caretColor: "var(--accent-text)" },
  ".cm-cursor": { borderLeftColor: "var(--accent-text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--accent) 28%, transparent)",
  },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--faint)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in oklab, var(--ink) 4%, transparent)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", border: "1px solid var(--line-strong)", borderRadius: "5px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--red-solid)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hover)", borderColor: "var(--line)", color: "var(--muted)" },
  ".cm-specialChar": { color: "var(--amber)" },
  ".cm-changedLine": { backgroundColor: "color-mix(in oklab, var(--amber-solid) 12%, transparent) !important" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": {
    background: "color-mix(in oklab, var(--red-solid) 12%, transparent)",
    textDecoration: "underline 2px var(--red-solid)",
  },
  "&.cm-merge-b .cm-changedText": {
    background: "color-mix(in oklab, var(--green-solid) 12%, transparent)",
    textDecoration: "underline 2px var(--green-solid)",
  },
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "var(--red-soft) !important" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--green-soft) !important" },
  ".cm-collapsedLines": { background: "var(--hover)", color: "var(--muted)", padding: "3px 12px" },
  // The library's glyph is missing from most fonts.
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"···"' },
});

/** The same colours as in the read-only view. */
const syntax = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--blue)" },
  { tag: tags.string, color: "var(--green)" },
  { tag: tags.number, color: "var(--violet)" },
  { tag: [tags.bool, tags.null], color: "var(--amber)" },
  { tag: [tags.separator, tags.squareBracket, tags.brace, tags.punctuation], color: "var(--muted)" },
  { tag: tags.invalid, color: "var(--red)" },
]);

export type EditorWish = {
  language: EditorLanguage;
  readOnly: boolean;
  /** Its accessible name. */
  label: string;
  nonce: string | undefined;
  /** Words of the editor itself, by their English. */
  phrases?: Record<string, string>;
  onChange?: (text: string) => void;
};

/** What an editor of ours is made of. */
export function editorSetup({ language, readOnly, label, nonce, phrases = {}, onChange }: EditorWish): Extension[] {
  return [
    basicSetup,
    look,
    syntaxHighlighting(syntax),
    EditorState.phrases.of(phrases),
    // Every "\r" stays in the text: an editor must not rewrite line ends nobody touched.
    EditorState.lineSeparator.of("\n"),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label }),
    EditorState.readOnly.of(readOnly),
    ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
    ...(language === "json" ? [json(), ...(readOnly ? [] : [linter(jsonParseLinter()), lintGutter()])] : []),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange?.(update.state.doc.toString());
    }),
  ];
}
