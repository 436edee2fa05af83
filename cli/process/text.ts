/**
 * A line fit for a terminal: control characters, which could move the cursor, hide text or forge lines, become
 * visible escapes. Tabs stay.
 */
export const printable = (line: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  line.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (char) => {
    const code = char.charCodeAt(0);
    return code > 0xff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\x${code.toString(16).padStart(2, "0")}`;
  });

/** Whether a line of a child is worth showing when it is not asked for everything: warnings, errors, plain text. */
export function noteworthy(line: string): boolean {
  const level = levelOf(line);
  return level === undefined || level >= 40;
}

const NAMES: Readonly<Record<string, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };

/** The level of a JSON log record as pino counts it; `undefined` where the line is not such a record. */
function levelOf(line: string): number | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    return typeof level === "string" ? NAMES[level] : typeof level === "number" ? level : undefined;
  } catch {
    return undefined;
  }
}
