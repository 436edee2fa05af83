import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Program } from "./process/child.ts";
import type { Running } from "./up.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** One Ctrl-C may arrive several times, by way of npm; only a later one means force. */
const SAME_WISH_MS = 2_000;

/**
 * Runs until a signal asks to stop, and resolves to the exit code: 0 after a clean stop that was asked for, 1 where the
 * start failed or something had to be killed, 128 + signal where the start was interrupted.
 */
export async function stay(say: (line: string) => void, start: (signal: AbortSignal) => Promise<Running>): Promise<number> {
  const interrupt = new AbortController();
  let askedAt: number | undefined;
  let askedBy: (typeof SIGNALS)[number] | undefined;
  const asked = new Promise<void>((resolve) => {
    for (const name of SIGNALS) {
      process.on(name, () => {
        if (askedAt !== undefined && performance.now() - askedAt > SAME_WISH_MS) process.exit(128 + constants.signals[name]);
        if (askedAt !== undefined) return;
        askedAt = performance.now();
        askedBy = name;
        say("Stopping (a second Ctrl-C ends everything at once) ...");
        interrupt.abort();
        resolve();
      });
    }
  });
  let running: Running;
  try {
    running = await start(interrupt.signal);
  } catch (error) {
    if (askedBy) return 128 + constants.signals[askedBy];
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
  await asked;
  const clean = await running.stop();
  say(clean ? "Stopped." : "Stopped; something did not end in time and was killed.");
  return clean ? 0 : 1;
}

/** Runs one program in this process's place: same terminal, signals passed on, its exit code. */
export function runOne(program: Program): Promise<number> {
  const child = spawn(process.execPath, [...program.args], { cwd: program.cwd, env: { NODE_ENV: "production", ...program.env }, stdio: "inherit" });
  for (const name of SIGNALS) process.on(name, () => child.kill(name));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
