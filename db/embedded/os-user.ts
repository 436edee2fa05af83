import { readFile, stat } from "node:fs/promises";
import { refuse } from "./failure.ts";
import { run } from "./run.ts";

/** Who runs the server; `undefined` where Redrive itself is not root and the server simply runs as the same person. */
export type OsUser = { readonly uid: number; readonly gid: number };

const MADE_BY_REDRIVE = "redrive";
const CANDIDATES = ["postgres", MADE_BY_REDRIVE];

/**
 * PostgreSQL refuses to run as root: finds an unprivileged user for it, making one where there is none. Data that
 * exist already decide: their owner runs the server, whoever that is.
 */
export async function serverUser(dataDir: string): Promise<OsUser | undefined> {
  const me = process.getuid?.();
  const owner = await stat(dataDir).catch(() => undefined);
  if (me !== 0) {
    if (owner && me !== undefined && owner.uid !== me) {
      throw refuse(
        `The data in ${dataDir} belong to another user (uid ${owner.uid}), since Redrive ran as root before. ` +
          "Run it as root again, or remove that folder to begin anew.",
      );
    }
    return undefined;
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await findUser()) ?? (await makeUser());
}

async function findUser(): Promise<OsUser | undefined> {
  const lines = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n").map((line) => line.split(":"));
  for (const name of CANDIDATES) {
    const found = lines.find((fields) => fields[0] === name);
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  return undefined;
}

async function makeUser(): Promise<OsUser> {
  const made = await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", MADE_BY_REDRIVE]);
  const user = made.code === 0 ? await findUser() : undefined;
  if (user) return user;
  throw refuse(
    `PostgreSQL does not run as root, and no unprivileged user could be made for it (useradd: ${made.output.trim() || "not found"}). ` +
      "Run Redrive as a normal user, or make a system user named postgres.",
  );
}
