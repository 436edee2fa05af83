import { spawn } from "node:child_process";
import { ROOT } from "../env.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a program in the clone with this terminal; its exit code, 127 where it could not be started. */
export function command(file: string, args: readonly string[], env: Environment): Promise<number> {
  const child = spawn(file, args, { cwd: ROOT, env: { ...env } as NodeJS.ProcessEnv, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => {
    child.once("error", (error) => {
      process.stderr.write(`${file}: ${error.message}\n`);
      resolve(127);
    });
    child.once("close", (code) => resolve(code ?? 128));
  });
}
