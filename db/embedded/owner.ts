import { unlinkSync } from "node:fs";
import { readFile, unlink, writeFile } from "node:fs/promises";
import { EmbeddedPostgresError } from "./failure.ts";
import type { Home } from "./home.ts";
import { alive, born } from "./process.ts";

type Owner = { readonly pid: number; readonly born: string };

/**
 * Makes this process the owner of the server. Refuses while another living process is it, so that two starts in one
 * clone never share, and later stop, one server.
 */
export async function becomeOwner(home: Home): Promise<void> {
  const mine = JSON.stringify({ pid: process.pid, born: born(process.pid) } satisfies Owner);
  for (;;) {
    try {
      await writeFile(home.owner, mine, { flag: "wx", mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const other = await currentOwner(home);
    if (other) {
      throw new EmbeddedPostgresError(
        `Redrive is already running here: process ${other} owns the database in ${home.root}. ` +
          "Stop it first, or give this one another folder or a DATABASE_URL.",
      );
    }
    await unlink(home.owner).catch(() => undefined);
  }
}

/** The process that owns the server now; `undefined` where none lives. */
export async function currentOwner(home: Home): Promise<number | undefined> {
  const text = await readFile(home.owner, "utf8").catch(() => "");
  const owner = parse(text);
  // The birth time tells a living owner from a stranger that got the same number later.
  return owner && alive(owner.pid) && born(owner.pid) === owner.born ? owner.pid : undefined;
}

/** Gives ownership up; synchronous, because it is also the last act of an ending process. */
export function resign(home: Home): void {
  try {
    unlinkSync(home.owner);
  } catch {
    // Already gone with its folder.
  }
}

function parse(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Partial<Owner>;
    return typeof value.pid === "number" && typeof value.born === "string" ? { pid: value.pid, born: value.born } : undefined;
  } catch {
    return undefined;
  }
}
