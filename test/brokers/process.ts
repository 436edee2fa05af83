import { spawn, type ChildProcess } from "node:child_process";
import { open, readFile } from "node:fs/promises";

/** A server started as a child; its output goes to a file. */
export type ServerProcess = {
  /** Throws with the end of its output when it has ended by itself. */
  alive(): void;
  /** Ends it with a signal and resolves when it is gone; after `graceMs` it is killed. */
  end(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
};

export type ServerOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly output: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** Starts a server; it is up when the caller has seen it answer. */
export async function startServer({ command, args, cwd, output, env = {} }: ServerOptions): Promise<ServerProcess> {
  const log = await open(output, "a");
  const child: ChildProcess = spawn(command, args, { cwd, stdio: ["ignore", log.fd, log.fd], env: { ...process.env, ...env } });
  await log.close();
  let ended: string | null = null;
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      ended = error.message;
      resolve();
    });
    child.once("exit", (code, signal) => {
      ended = `exit code ${code ?? signal}`;
      resolve();
    });
  });
  return {
    alive: () => {
      if (ended !== null) throw new Error(`${command} ended (${ended}), see ${output}`);
    },
    end: async (signal = "SIGTERM", graceMs = 10_000) => {
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** The last lines of a server's output, for an error. */
export const tailOf = async (output: string): Promise<string> => (await readFile(output, "utf8").catch(() => "")).slice(-2_000);
