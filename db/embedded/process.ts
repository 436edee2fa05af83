import { readFileSync } from "node:fs";

/**
 * Whether the process `pid` runs (it may be someone else's). A zombie does not: where nobody reaps it, as in a
 * container without an init, it would otherwise count as running for ever.
 */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const state = status(pid)[0];
  return state !== "Z" && state !== "X";
}

/** Start time of a process in kernel ticks; empty where the system does not tell (then the number alone decides). */
export const born = (pid: number): string => status(pid)[19] ?? "";

/** Fields of /proc/<pid>/stat from the state onwards; empty off Linux. */
function status(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in parentheses, may itself hold spaces and parentheses.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
