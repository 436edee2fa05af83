import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { ended, startOnce, stopRun } from "./process/child.ts";

/** What the web is built from. */
const SOURCES = ["app", "ui", "server", "db", "core", "public"];
/** Files of the top folder: configuration, proxy.ts, instrumentation.ts and what they import; not what only tests read. */
const TOP = /^(?!next-env\.d\.ts|(playwright|vitest)\.config\.ts).*\.(m?js|tsx?)$|^(package-lock|tsconfig)\.json$/;
const STAMP = ".next/redrive-sources";
/** Next writes it last. */
const COMPLETE = ".next/BUILD_ID";

export type Build = {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
};

/** Builds the web unless `.next` was built from exactly these sources. Throws with the build's last words. */
export async function buildWeb({ root, env, say, signal }: Build): Promise<void> {
  const sources = await fingerprint(root);
  const stamp = join(root, STAMP);
  const complete = (): boolean => existsSync(join(root, COMPLETE));
  if (complete() && (await readFile(stamp, "utf8").catch(() => "")) === sources) return;

  say("Building the web (first start, or its sources changed): about half a minute ...");
  const began = performance.now();
  await rm(join(root, COMPLETE), { force: true });
  const lines: string[] = [];
  const args = [join(root, "node_modules/next/dist/bin/next"), "build"];
  const child = startOnce({ name: "build", args, env, cwd: root }, (line) => lines.push(line));
  const abort = (): void => void stopRun(child, 2_000);
  signal?.addEventListener("abort", abort, { once: true });
  const how = await ended(child);
  signal?.removeEventListener("abort", abort);
  signal?.throwIfAborted();
  if (how !== "exit code 0" || !complete()) throw new Error(`The web could not be built (${how}):\n${lines.slice(-40).join("\n")}`);
  await writeFile(stamp, sources);
  say(`Built in ${Math.round((performance.now() - began) / 1000)} s.`);
}

/** Hash over names and contents of everything the build reads. */
async function fingerprint(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const path of await sourceFiles(root)) {
    const content = await readFile(path);
    hash.update(`${relative(root, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

async function sourceFiles(root: string): Promise<string[]> {
  const names = await readdir(root);
  const found = names.filter((name) => TOP.test(name)).map((name) => join(root, name));
  for (const folder of SOURCES) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) found.push(join(entry.parentPath, entry.name));
    }
  }
  return found.toSorted();
}
