import { readFile, readlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Home } from "./home.ts";
import { alive } from "./process.ts";
import { run } from "./run.ts";

/** What `postmaster.pid` says of a living server. */
export type Postmaster = { readonly pid: number; readonly port: number };

const FILE = "postmaster.pid";

/**
 * The living server of this folder. A pid file whose process is gone is left to PostgreSQL, which clears it itself;
 * one whose number now belongs to a stranger is removed, because PostgreSQL would refuse to start beside it.
 */
export async function livingPostmaster(home: Home): Promise<Postmaster | undefined> {
  const path = join(home.data, FILE);
  const lines = (await readFile(path, "utf8").catch(() => "")).split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid < 1 || !alive(pid)) return undefined;
  if (await isPostgres(pid)) return { pid, port: Number(lines[3]) };
  await unlink(path);
  return undefined;
}

/** Waits until the process is gone; `false` where it is still there after `limitMs`. */
export async function gone(pid: number, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (alive(pid)) {
    if (performance.now() > deadline) return false;
    await pause(10);
  }
  return true;
}

async function isPostgres(pid: number): Promise<boolean> {
  const exe = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  // A replaced file reads "… (deleted)" while its process lives on.
  if (exe !== undefined) return /\/postgres( \(deleted\))?$/.test(exe);
  const listed = await run("ps", ["-o", "command=", "-p", String(pid)]);
  return listed.code !== 0 || listed.output.includes("postgres");
}
