import { join } from "node:path";
import type { Launch, Programs } from "#cli/programs.ts";
import type { Program } from "#cli/process/child.ts";

const FOLDER = join(import.meta.dirname, "programs");

/** Programs that do of web and workers just what the supervisor looks at. */
export function standIns(change: { web?: readonly string[]; workers?: readonly string[] } = {}): Programs {
  const program = (name: string, args: readonly string[]): Program => ({ name, args, env: {}, cwd: FOLDER });
  return {
    web: ({ port }: Launch) => program("web", change.web ?? [join(FOLDER, "web.ts"), String(port)]),
    workers: ({ databaseUrl }: Launch) => program("workers", [join(FOLDER, "workers.ts"), databaseUrl, ...(change.workers ?? [])]),
  };
}
