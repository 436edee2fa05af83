import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Node program to run. */
export type Program = {
  readonly name: string;
  /** Script and arguments, given to this process's own Node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
};

/** A program that is kept running. */
export type Child = {
  readonly name: string;
  /** Process id of the present run; `undefined` between two runs. */
  pid(): number | undefined;
  /** Ends it for good; `true` when it went within `limitMs` without being killed. May be called twice. */
  stop(limitMs: number): Promise<boolean>;
};

export type Watcher = {
  line(text: string): void;
  /** It ended without being asked to; `count` since it last ran for a minute, `delayMs` until it is started again. */
  crashed(how: string, count: number, delayMs: number): void;
};

const PRELOAD = join(import.meta.dirname, "follow-parent.mjs");
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const STEADY_AFTER_MS = 60_000;

/** Starts one run of `program`, in a process group of its own: a Ctrl-C reaches only us, and we stop it in order. */
export function startOnce(program: Program, line: (text: string) => void): ChildProcess {
  const child = spawn(process.execPath, ["--import", PRELOAD, ...program.args], {
    cwd: program.cwd,
    env: { NODE_ENV: "production", ...program.env, REDRIVE_SUPERVISOR: String(process.pid) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on("line", line);
  }
  return child;
}

/** Runs `program` until stopped: whenever it ends by itself it is started again, after pauses that double. */
export function keepRunning(program: Program, watcher: Watcher): Child {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let crashes = 0;
  let stopping: Promise<boolean> | undefined;

  const start = (): void => {
    const began = performance.now();
    const current = startOnce(program, watcher.line);
    child = current;
    ended(current).then((how) => {
      child = undefined;
      if (stopping) return;
      crashes = performance.now() - began > STEADY_AFTER_MS ? 1 : crashes + 1;
      const delay = Math.min(FIRST_DELAY_MS * 2 ** (crashes - 1), LONGEST_DELAY_MS);
      timer = setTimeout(start, delay);
      watcher.crashed(how, crashes, delay);
    });
  };
  start();

  return {
    name: program.name,
    pid: () => child?.pid,
    stop: (limitMs) => {
      clearTimeout(timer);
      stopping ??= child ? stopRun(child, limitMs) : Promise.resolve(true);
      return stopping;
    },
  };
}

/** How a run ended, in words; settles at once for one that ended before. */
export function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    const tell = (): void => resolve(child.signalCode === null ? `exit code ${child.exitCode}` : `signal ${child.signalCode}`);
    if (child.exitCode !== null || child.signalCode !== null) return tell();
    child.once("error", (error) => resolve(error.message));
    child.once("exit", tell);
  });
}

/** Asks a run to end and waits; after `limitMs` it and all it started are killed. `true` when that was not needed. */
export async function stopRun(child: ChildProcess, limitMs: number): Promise<boolean> {
  const end = ended(child);
  let killed = false;
  const timer = setTimeout(() => {
    killed = true;
    signalGroup(child, "SIGKILL");
  }, limitMs);
  child.kill("SIGTERM");
  await end;
  clearTimeout(timer);
  // What the program itself started and left behind.
  signalGroup(child, "SIGKILL");
  return !killed;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
