import { dotnetFrame, javaFrame, nodeFrame, phpFrame, pythonFrame, type Frame } from "./stack-languages.ts";

/** What is looked at of a stack: the frames next to the failure are near the end that the language puts first. */
const MAX_STACK = 65_536;
const MAX_LINE = 500;
const MAX_LABEL = 120;

/** The part of a trace that tells of the root cause, with the frame nearest to the failure first. */
function framesOf(stack: string): Frame[] {
  const python = stack.lastIndexOf("Traceback (most recent call last)");
  if (python >= 0) {
    const lines = stack.slice(python).slice(-MAX_STACK).split("\n");
    return lines.flatMap((line) => pythonFrame(line.slice(0, MAX_LINE)) ?? []).toReversed();
  }
  const cause = stack.lastIndexOf("\nCaused by: ");
  const lines = stack.slice(Math.max(cause, 0)).slice(0, MAX_STACK).split("\n");
  return lines.flatMap((line) => {
    const cut = line.slice(0, MAX_LINE).trim();
    return nodeFrame(cut) ?? javaFrame(cut) ?? phpFrame(cut) ?? dotnetFrame(cut) ?? [];
  });
}

/**
 * Where it failed, as `charge()` or `ChargeHandler.handle()`: the nearest frame of the application's own code, or the
 * nearest of all when every frame is a library's; null when no line is a frame. Without line numbers, which change
 * with every release. Knows the traces of Node.js, Java, Python, .NET and PHP.
 */
export function topFrame(stack: string): string | null {
  const frames = framesOf(stack);
  const frame = frames.find(({ own }) => own) ?? frames[0];
  return frame === undefined ? null : frame.label.slice(0, MAX_LABEL);
}
