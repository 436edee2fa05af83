import { spanAt } from "../json/pointer.ts";
import { stringOf } from "../json/read.ts";
import { utf8Of } from "../message/bytes.ts";
import type { Header } from "../message/header.ts";
import { headerNamed, headerWords } from "../message/header-words.ts";

/** `{/json/pointer}` and `{header:name}`; any other braces are themselves. */
const PLACE = /\{(\/[^{}]*|header:[^{}]+)\}/g;

/** What a template is filled from. The text of the body is made once, when a pointer first asks. */
export type Filler = { readonly headers: readonly Header[]; json(): string | null };

/** A template that this message cannot fill; `message` is for people and names the place, never the message's content. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TemplateError";
  }
}

/** A filler over a message. A byte order mark before the JSON is left out. */
export function fillerOf(body: Uint8Array, headers: readonly Header[]): Filler {
  let text: string | null | undefined;
  return {
    headers,
    json: () => {
      text ??= utf8Of(body)?.replace(/^\uFEFF/, "") ?? null;
      return text;
    },
  };
}

/** The template with each place replaced by `encode` of its value. Throws TemplateError where there is no value. */
export const filled = (template: string, filler: Filler, encode: (value: string, place: string) => string): string =>
  template.replaceAll(PLACE, (place, name: string) => encode(name.startsWith("/") ? pointed(filler, name) : ofHeader(filler, name.slice("header:".length)), place));

/**
 * The source text of the value under a pointer, digit for digit; a string's is decoded when `decoded`. Throws TemplateError when the
 * body is no JSON, when nothing is there, or null is and a text is wanted.
 */
export function pointed(filler: Filler, pointer: string, decoded = true): string {
  const text = filler.json();
  const span = text === null ? null : spanAt(text, pointer);
  if (text === null || span === null) throw new TemplateError(`the body has no JSON value at ${pointer === "" ? "its root" : pointer}`);
  const source = text.slice(span.start, span.end);
  if (!decoded) return source;
  if (source === "null") throw new TemplateError(`the body's value at ${pointer} is null`);
  return stringOf(text, span) ?? source;
}

function ofHeader(filler: Filler, name: string): string {
  const value = headerNamed(filler.headers, name);
  if (value === null) throw new TemplateError(`the message has no header ${name}`);
  return headerWords(value);
}
