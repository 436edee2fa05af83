import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, type Serve } from "./on-demand.ts";

/** Keeps one server of a test run: started when it is asked for, stopped when the run ends, however that is. */
const [module = "", folder = "", owner = ""] = process.argv.slice(2);

const tell = async (answer: object): Promise<void> => {
  const path = join(folder, `${module}.json`);
  await writeFile(`${path}.new`, JSON.stringify(answer));
  await rename(`${path}.new`, path);
};

try {
  const { serve } = (await import(`./${module}.ts`)) as { serve: Serve<unknown> };
  const { stop, ...offered } = await serve();
  await tell(offered);
  const end = async (): Promise<void> => {
    await stop();
    process.exit(0);
  };
  process.once("SIGTERM", () => void end());
  setInterval(() => {
    if (!isAlive(Number(owner))) void end();
  }, 1_000);
} catch (error) {
  console.error(error);
  await tell({ server: null, reason: error instanceof Error ? error.message : String(error) });
}
