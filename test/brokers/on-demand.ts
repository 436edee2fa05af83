import { spawn } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { eventually } from "../eventually.ts";

/** A server of the test run's own, or why there can be none. */
export type Offered<T> = { readonly server: T; readonly reason: null } | { readonly server: null; readonly reason: string };

/** What a module of this folder exports as `serve` for the keeper: only data passes between the processes. */
export type Serve<T> = () => Promise<Offered<T> & { stop(): Promise<void> }>;

declare module "vitest" {
  interface ProvidedContext {
    brokersFolder: string;
  }
}

const START_TIMEOUT_MS = 180_000;

/** Provides the folder in which servers that a test asks for are kept; ends them with the run. */
export async function provideOnDemand(project: Pick<TestProject, "provide">): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "redrive-brokers-"));
  project.provide("brokersFolder", folder);
  return async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".pid"));
    await Promise.all(names.map(async (name) => endKeeper(Number(await readFile(join(folder, name), "utf8")))));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

/**
 * The run's server of one kind: the first test file that asks starts it, all others get the same. `module` is a file
 * of this folder that exports `serve`. Without a server the tests are skipped and the reason is printed; where
 * REDRIVE_REQUIRE_BROKERS is set, that is an error.
 */
export async function onDemand<T>(module: string): Promise<Offered<T>> {
  const folder = inject("brokersFolder");
  const answer = join(folder, `${module}.json`);
  if (await first(join(folder, `${module}.lock`))) await startKeeper(module, folder);
  const offered = await eventually(async () => JSON.parse(await readFile(answer, "utf8")) as Offered<T>, {
    timeoutMs: START_TIMEOUT_MS,
    intervalMs: 100,
  });
  if (offered.server === null) {
    if (process.env.REDRIVE_REQUIRE_BROKERS) throw new Error(`no server for ${module}: ${offered.reason}`);
    console.warn(`skipped, no server for ${module}: ${offered.reason}`);
  }
  return offered;
}

const first = (lock: string): Promise<boolean> =>
  mkdir(lock).then(
    () => true,
    () => false,
  );

async function startKeeper(module: string, folder: string): Promise<void> {
  const log = await open(join(folder, `${module}.log`), "w");
  const script = new URL("./keeper.ts", import.meta.url).pathname;
  // vitest's own process: the keeper ends when it is gone, whatever became of it
  const args = [script, module, folder, String(process.ppid)];
  const keeper = spawn(process.execPath, args, { detached: true, stdio: ["ignore", log.fd, log.fd] });
  keeper.unref();
  await writeFile(join(folder, `${module}.pid`), String(keeper.pid));
  await log.close();
}

async function endKeeper(pid: number): Promise<void> {
  try {
    process.kill(pid, "SIGTERM");
    await eventually(() => !isAlive(pid), { timeoutMs: 30_000 });
  } catch {
    // it is gone
  }
}

/** Whether a process of this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
