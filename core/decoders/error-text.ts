import type { DeathError } from "../message/normal-form.ts";

/** Longer lines are cut before a pattern looks at them: text of brokers must not cost more than its length. */
const MAX_LINE = 2_000;
const HEAD = /^([A-Za-z_$][\w$.`+]{0,300})(?::[ \t]?(.*))?$/;

type Head = { readonly type: string; readonly message: string | null };

/** `Type: message`, or a type alone; null when the line does not begin with what could be a type. */
export function headOf(line: string): Head | null {
  const match = HEAD.exec(line.slice(0, MAX_LINE).trimEnd());
  return match?.[1] === undefined ? null : { type: match[1], message: match[2] ?? null };
}

const lineAt = (text: string, at: number): string => {
  const end = text.indexOf("\n", at);
  return text.slice(at, end < 0 ? at + MAX_LINE : Math.min(end, at + MAX_LINE));
};

/** Of a Java stack trace: the exception thrown to the framework, and the last cause, which is the root. */
export function javaErrors(stack: string): { readonly outer: Head | null; readonly root: Head | null } {
  const outer = headOf(lineAt(stack, 0));
  const mark = "\nCaused by: ";
  const at = stack.lastIndexOf(mark);
  const root = at < 0 ? null : headOf(lineAt(stack, at + mark.length));
  return { outer, root: root ?? outer };
}

/** Of Python's traceback text: what the last traceback in it ends with. */
export function pythonError(traceback: string): DeathError {
  const lines = traceback.split("\n");
  const lastFrame = lines.findLastIndex((line) => line.startsWith('  File "'));
  const at = lines.findIndex((line, index) => index > lastFrame && /^[A-Za-z_]/.test(line));
  const head = at < 0 ? null : headOf(lines[at] ?? "");
  return { type: head?.type ?? null, message: head?.message ?? null, stack: traceback };
}

/** Of .NET's `Exception.ToString()`: type and message of the exception itself, without its inner ones. */
export function dotnetError(text: string): DeathError {
  const head = headOf(lineAt(text, 0));
  const inner = head?.message?.indexOf(" ---> ") ?? -1;
  const message = head?.message ?? null;
  return { type: head?.type ?? null, message: inner < 0 ? message : (message?.slice(0, inner) ?? null), stack: text };
}
