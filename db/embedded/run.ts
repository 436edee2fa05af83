import { spawn } from "node:child_process";
import type { OsUser } from "./os-user.ts";

/** How a short-lived program ended: exit code (127 where it could not be started) and all it printed. */
export type Ran = { readonly code: number; readonly output: string };

// A caller's PGPORT, PGDATA or LC_ALL would change what initdb and postgres do, and their messages are read in English.
// NODE_ENV is there because Next's types ask for it in every environment.
const ENVIRONMENT = { NODE_ENV: "production", PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" } as const;

/** Runs a program to its end, as `as` where given. Never rejects: a program that cannot start is code 127. */
export function run(file: string, args: readonly string[], as?: OsUser): Promise<Ran> {
  return new Promise((resolve) => {
    // "/" because the server's user may not be allowed to stand where Redrive was started.
    const child = spawn(file, args, { cwd: "/", env: ENVIRONMENT, stdio: ["ignore", "pipe", "pipe"], ...as });
    let output = "";
    const take = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 128, output }));
  });
}
