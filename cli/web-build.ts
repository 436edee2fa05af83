import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { ended, startOnce, stopRun } from "./process/child.ts";

/** What the web is built from. */
const SOURCES = ["app", "ui", "server", "db", "core", "public"];
const FILES = ["next.config.js", "postcss.config.mjs", "tsconfig.json", "package-lock.json"];
const STAMP = ".next/redrive-sources";

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
  if ((await readFile(stamp, "utf8").catch(() => "")) === sources) return;

  say("Building the web (first start, or its sources changed): about half a minute ...");
  const began = performance.now();
  const lines: string[] = [];
  const args = [join(root, "node_modules/next/dist/bin/next"), "build"];
  const child = startOnce({ name: "build", args, env, cwd: root }, (line) => lines.push(line));
  const abort = (): void => void stopRun(child, 2_000);
  signal?.addEventListener("abort", abort, { once: true });
  const how = await ended(child);
  signal?.removeEventListener("abort", abort);
  signal?.throwIfAborted();
  if (how !== "exit code 0") throw new Error(`The web could not be built (${how}):\n${lines.slice(-40).join("\n")}`);
  await writeFile(stamp, sources);
  say(`Built in ${Math.round((performance.now() - began) / 1000)} s.`);
}

/** Hash over names and contents of everything the build reads. */
async function fingerprint(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const path of [...FILES.map((name) => join(root, name)), ...(await sourceFiles(root))]) {
    const content = await readFile(path).catch(() => undefined);
    if (content) hash.update(`${relative(root, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

async function sourceFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of SOURCES) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) found.push(join(entry.parentPath, entry.name));
    }
  }
  return found.toSorted();
}
