import type { TestProject } from "vitest/node";
import { provideRabbit } from "./brokers/rabbitmq-provided.ts";

/** Starts what the tests share, once per run; each part ends itself in the order it came. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stopRabbit = await provideRabbit(project);
  return async () => {
    await stopRabbit();
  };
}
