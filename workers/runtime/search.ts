import { RE2JS } from "re2js";

const MAX_TEXT = 64 * 1024;
const MAX_KEPT = 500;
const compiled = new Map<string, RE2JS | null>();

/**
 * Whether `pattern` (RE2 syntax, case matters) is found in the first 64 KiB of `text`, in time that grows with the text only.
 * A pattern that is none is found nowhere.
 */
export function finds(pattern: string, text: string): boolean {
  let search = compiled.get(pattern);
  if (search === undefined) {
    search = compile(pattern);
    if (compiled.size >= MAX_KEPT) compiled.clear();
    compiled.set(pattern, search);
  }
  return search?.matcher(text.slice(0, MAX_TEXT)).find() ?? false;
}

function compile(pattern: string): RE2JS | null {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return null;
  }
}
