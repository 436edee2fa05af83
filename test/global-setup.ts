import type { TestProject } from "vitest/node";
import { providePostgres } from "./setup/postgres.ts";
import { provideOnDemand } from "./brokers/on-demand.ts";
import { provideRabbit } from "./brokers/rabbitmq-provided.ts";

/** Starts one shared server, provides its values to the tests and returns what stops it. */
export type Provision = (project: TestProject) => Promise<() => Promise<void>>;

const provisions: readonly Provision[] = [providePostgres, provideRabbit, provideOnDemand];
const stops: (() => Promise<void>)[] = [];

/** vitest calls it once, before all test files. */
export async function setup(project: TestProject): Promise<void> {
  const started = await Promise.allSettled(provisions.map((provision) => provision(project)));
  for (const each of started) if (each.status === "fulfilled") stops.push(each.value);
  for (const each of started) {
    if (each.status === "fulfilled") continue;
    await teardown();
    throw each.reason;
  }
}

/** vitest calls it after the last test file. */
export async function teardown(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
}
