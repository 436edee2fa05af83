import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../workers/main.ts", import.meta.url));
/** Long: it only has to begin before the machine, however busy, is given up. */
const READY_MS = 60_000;

export type WorkerOptions = {
  readonly databaseUrl: string;
  readonly keyFile: string;
  /** `<point>:<n>`, see workers/runtime/failpoint.ts. */
  readonly failpoint?: string;
};

export type WorkerProcess = AsyncDisposable & {
  readonly pid: number;
  /** The signal it died of, or null when it exited. */
  readonly ended: Promise<NodeJS.Signals | null>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Its last lines, for a failing test. */
  readonly tail: () => string;
};

/** Starts a real worker process and waits until it is ready. */
export async function startWorker({ databaseUrl, keyFile, failpoint }: WorkerOptions): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      REDRIVE_SECRET_KEY_FILE: keyFile,
      // the tests' destinations are on this machine
      REDRIVE_PRIVATE_DESTINATIONS: "allow",
      ...(failpoint === undefined ? {} : { REDRIVE_FAILPOINT: failpoint }),
    },
  });
  const lines: string[] = [];
  const ended = once(child, "exit").then(([, signal]) => signal as NodeJS.Signals | null);
  await becomesReady(child, lines, ended);
  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => void child.kill(signal),
    tail: () => lines.slice(-30).join("\n"),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function becomesReady(child: ChildProcess, lines: string[], ended: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the worker was not ready:\n${lines.join("\n")}`)), READY_MS);
    const read = (line: string): void => {
      lines.push(line);
      if (!line.includes("worker ready")) return;
      clearTimeout(timer);
      resolve();
    };
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface(stream).on("line", read);
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error(`the worker ended before it was ready:\n${lines.join("\n")}`));
    });
  });
}
