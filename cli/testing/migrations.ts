import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ROOT } from "../env.ts";
import { command, type Environment } from "./command.ts";

const FOLDER = join(ROOT, "db/migrations");
const KIT = join(ROOT, "node_modules/drizzle-kit/bin.cjs");

/** Whether the migrations fit each other and the schema's code: making one more, elsewhere, must come out empty. */
export async function migrationsFit(env: Environment, say: (line: string) => void): Promise<boolean> {
  const scratch = await mkdtemp(join(tmpdir(), "redrive-migrations-"));
  try {
    const out = join(scratch, "migrations");
    await cp(FOLDER, out, { recursive: true });
    // drizzle-kit puts "./" in front of whatever it is given.
    const where = ["--dialect", "postgresql", "--out", relative(ROOT, out)];
    if ((await command(process.execPath, [KIT, "check", ...where], env)) !== 0) return false;
    if ((await command(process.execPath, [KIT, "generate", ...where, "--schema", "./db/schema/index.ts"], env)) !== 0) return false;
    const before = new Set(await readdir(FOLDER));
    const missing = (await readdir(out)).filter((name) => !before.has(name));
    if (missing.length > 0) say("The schema's code says more than its migrations: run `npx drizzle-kit generate`");
    return missing.length === 0;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
