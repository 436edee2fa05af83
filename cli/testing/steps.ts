import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CliEnv, ROOT } from "../env.ts";
import { childEnvironment } from "../programs.ts";
import { buildWeb } from "../web-build.ts";
import { command, type Environment } from "./command.ts";
import { ensureBrokerPrograms, ensureChineseFont, ensureChromium, ensureRabbitmq } from "./machine.ts";
import { contractTable } from "./contract-table.ts";
import { migrationsFit } from "./migrations.ts";
import { type Tally, tallyPlaywright, tallyVitest } from "./reports.ts";

/** One step of `npm test`. */
export type Step = {
  readonly name: string;
  /** Files without which the step does not exist yet; it then counts as skipped. */
  readonly needs: readonly string[];
  run(env: CliEnv, say: (line: string) => void): Promise<Tally>;
};

export const RESULTS = join(ROOT, "test-results");

const bin = (name: string): string => join(ROOT, "node_modules/.bin", name);

/** A step that is one check: it passes or it fails. */
const checked = (name: string, needs: readonly string[], fine: (env: CliEnv, say: (line: string) => void) => Promise<boolean>): Step => ({
  name,
  needs,
  run: async (env, say) => ((await fine(env, say)) ? { passed: 1, failed: [], skipped: [] } : { passed: 0, failed: [name], skipped: [] }),
});

/** A step that is a test runner: its report is counted, and an exit code that the report does not explain is a failure. */
async function counted(name: string, report: string, tally: (text: string) => Tally, run: () => Promise<number>): Promise<Tally> {
  await rm(report, { force: true });
  const code = await run();
  try {
    const found = tally(await readFile(report, "utf8"));
    const unexplained = code !== 0 && found.failed.length === 0;
    return unexplained ? { ...found, failed: [`${name} ended with exit code ${code}`] } : found;
  } catch {
    return { passed: 0, failed: [`${name} left no report (exit code ${code})`], skipped: [] };
  }
}

/** Tests start hundreds of processes of the same modules: Node keeps what it compiled of them. */
const COMPILED = join(ROOT, ".redrive/compiled");

const quiet = (env: CliEnv): Environment => ({ NODE_COMPILE_CACHE: COMPILED, ...env.all, NEXT_TELEMETRY_DISABLED: "1" });

/** In this order; a step that fails does not keep the later ones from running. */
export const steps: readonly Step[] = [
  checked("typecheck", ["tsconfig.json"], async (env) => (await command(bin("tsc"), ["--noEmit"], quiet(env))) === 0),
  checked("lint", [".oxlintrc.json"], async (env) => (await command(bin("oxlint"), ["--deny-warnings"], quiet(env))) === 0),
  checked("unused", ["knip.json"], async (env) => (await command(bin("knip"), [], quiet(env))) === 0),
  checked("migrations", ["db/migrations"], (env, say) => migrationsFit(quiet(env), say)),
  {
    name: "unit and integration",
    needs: ["vitest.config.ts"],
    run: async (env, say) => {
      await ensureRabbitmq(env, say);
      await ensureBrokerPrograms(env, say);
      const report = join(RESULTS, "vitest.json");
      const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
      const tally = await counted("vitest", report, tallyVitest, () => command(bin("vitest"), args, quiet(env)));
      for (const line of contractTable(await readFile(report, "utf8").catch(() => '{"testResults":[]}'))) say(line);
      return tally;
    },
  },
  checked("web build", ["next.config.js"], async (env, say) => {
    try {
      const settings = childEnvironment({ environment: env.all, databaseUrl: "" }, "production");
      await buildWeb({ root: ROOT, env: settings, say });
      return true;
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
      return false;
    }
  }),
  {
    name: "end to end",
    needs: ["playwright.config.ts"],
    run: async (env, say) => {
      await ensureChineseFont(env, say);
      const chromium = await ensureChromium(env, say);
      if (chromium === undefined) return { passed: 0, failed: ["end to end: no Chromium"], skipped: [] };
      const report = join(RESULTS, "playwright.json");
      const settings = { ...quiet(env), CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
      return counted("playwright", report, tallyPlaywright, () => command(bin("playwright"), ["test", "--reporter=list,json"], settings));
    },
  },
];
