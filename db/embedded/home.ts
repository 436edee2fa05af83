import { createHash, randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { refuse } from "./failure.ts";
import type { OsUser } from "./os-user.ts";
import { run } from "./run.ts";

/** Where one embedded server keeps its things. */
export type Home = {
  readonly root: string;
  /** PostgreSQL's own data directory. */
  readonly data: string;
  readonly log: string;
  /** Port of the last start, tried first. */
  readonly port: string;
  readonly password: string;
  readonly owner: string;
};

const LOG_LIMIT_BYTES = 5 * 1024 * 1024;

/** The names below `root`; touches nothing. */
export const homeAt = (root: string): Home => ({
  root,
  data: join(root, "data"),
  log: join(root, "server.log"),
  port: join(root, "port"),
  password: join(root, "password"),
  owner: join(root, "owner.json"),
});

/**
 * Makes the folder, or, where the server's user cannot enter it, a folder below `shared` named after it.
 * The choice depends on nothing but the two paths, so that the next start finds the same data.
 */
export async function openHome(wanted: string, shared: string, as: OsUser | undefined, log: (line: string) => void): Promise<Home> {
  const root = resolve(wanted);
  await makeFolder(root);
  if (await enters(root, as)) return homeAt(root);

  const hash = createHash("sha256").update(root).digest("hex").slice(0, 12);
  const elsewhere = join(shared, `${basename(root)}-${hash}`);
  await makeFolder(elsewhere);
  if (!(await enters(elsewhere, as))) {
    throw refuse(`PostgreSQL's user (uid ${as?.uid}) can enter neither ${root} nor ${elsewhere}. Move the clone to where others may enter, e.g. /srv.`);
  }
  log(`PostgreSQL's user cannot enter ${root}: the data are in ${elsewhere}`);
  return homeAt(elsewhere);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o755 });
    await chmod(path, 0o755);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refuse(`The folder for the database, ${path}, cannot be made (${why}). Make it writable.`, cause);
  }
}

async function enters(path: string, as: OsUser | undefined): Promise<boolean> {
  if (!as) return true;
  return (await run("/bin/sh", ["-c", 'cd "$1"', "sh", path], as)).code === 0;
}

/** The superuser's password, made on the first start; readable by Redrive's user only. */
export async function ownPassword(home: Home): Promise<string> {
  const kept = await readFile(home.password, "utf8").catch(() => "");
  if (kept.trim() !== "") return kept.trim();
  if (await stat(join(home.data, "PG_VERSION")).catch(() => undefined)) {
    throw refuse(`The password of the embedded database, ${home.password}, is missing. Restore it, or remove ${home.root} to begin anew.`);
  }
  const made = randomBytes(24).toString("hex");
  await writeFile(home.password, `${made}\n`, { mode: 0o600 });
  return made;
}

/** An empty or kept log that the server's user can write; one old log is kept beside it. */
export async function prepareLog(home: Home, as: OsUser | undefined): Promise<void> {
  const size = (await stat(home.log).catch(() => undefined))?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) await rename(home.log, `${home.log}.1`);
  await writeFile(home.log, "", { flag: "a", mode: 0o600 });
  if (as) await chown(home.log, as.uid, as.gid);
}
