// `npm test`: every check and every test, in order, then one line of counts.
//
//   npm test                         everything
//   npm test -- --only lint,unused   some steps
//   npm test -- --ci                 a skipped test is a failure (also with CI=true)
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { env as readEnvironment, ROOT } from "./env.ts";
import { summaryLine, type Tally } from "./testing/reports.ts";
import { RESULTS, type Step, steps } from "./testing/steps.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({ options: { ci: { type: "boolean", default: false }, only: { type: "string" } } });
const env = readEnvironment();
const strict = values.ci || env.ci;
const chosen = choose(values.only);

if (chosen === undefined) {
  say(`--only takes some of: ${steps.map(({ name }) => name).join(", ")}`);
  process.exitCode = 2;
} else {
  process.exitCode = await runAll(chosen);
}

function choose(only: string | undefined): readonly Step[] | undefined {
  if (only === undefined) return steps;
  const names = only.split(",").map((name) => name.trim());
  if (names.some((name) => !steps.some((step) => step.name === name))) return undefined;
  return steps.filter(({ name }) => names.includes(name));
}

async function runAll(list: readonly Step[]): Promise<number> {
  await mkdir(RESULTS, { recursive: true });
  const tallies: Tally[] = [];
  for (const step of list) {
    say(`\n── ${step.name}`);
    const began = performance.now();
    const tally = await runStep(step);
    tallies.push(tally);
    const verdict = tally.failed.length > 0 ? "FAILED" : tally.skipped.length > 0 ? "with skips" : "ok";
    say(`── ${step.name}: ${verdict}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
  const skips = tallies.flatMap(({ skipped }) => skipped);
  const failures = tallies.flatMap(({ failed }) => failed);
  say("");
  for (const { name, reason } of skips) say(`skipped: ${name} (${reason})`);
  for (const name of failures) say(`failed: ${name}`);
  if (strict && skips.length > 0) say("Skipped tests are failures here (--ci or CI=true).");
  const line = summaryLine(tallies);
  await writeFile(join(RESULTS, "summary.txt"), `${line}\n`);
  say(line);
  return failures.length > 0 || (strict && skips.length > 0) ? 1 : 0;
}

async function runStep(step: Step): Promise<Tally> {
  const missing = step.needs.filter((file) => !existsSync(join(ROOT, file)));
  if (missing.length > 0) return { passed: 0, failed: [], skipped: [{ name: step.name, reason: `${missing.join(", ")} is not there` }] };
  try {
    return await step.run(env, say);
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { passed: 0, failed: [step.name], skipped: [] };
  }
}
