import type { TestProject } from "vitest/node";
import { providePostgres } from "./setup/postgres.ts";
import { provideRabbit } from "./brokers/rabbitmq-provided.ts";

/** Starts one shared server, provides its values to the tests and returns what stops it. */
export type Provision = (project: TestProject) => Promise<() => Promise<void>>;

const provisions: readonly Provision[] = [providePostgres, provideRabbit];

/** Runs once before all test files; vitest calls what it returns after the last one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  const teardown = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const started = await Promise.allSettled(provisions.map((provision) => provision(project)));
    for (const each of started) if (each.status === "fulfilled") stops.push(each.value);
    for (const each of started) if (each.status === "rejected") throw each.reason;
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}
