import { RE2JS } from "re2js";

/** Whether `pattern` (RE2 syntax) is found in `text`, in time linear in the text; one that is none is found nowhere. */
export function finds(pattern: string, text: string): boolean {
  return patternProblem(pattern) === null && RE2JS.compile(pattern).matcher(text).find();
}

/** Why a text is no pattern, in RE2's words; null when it is one. */
export function patternProblem(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
