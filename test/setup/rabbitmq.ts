import type { TestProject } from "vitest/node";
import { startRabbit, type TestRabbit } from "../brokers/rabbitmq.ts";

/** What of a broker can be handed from the run's own process to the test files. */
export type SharedRabbit = Omit<TestRabbit, "restart" | "kill9AndStart" | "stop">;

declare module "vitest" {
  export interface ProvidedContext {
    /** The run's shared broker, or why there is none. Tests that stop or kill a broker start their own. */
    rabbitmq: SharedRabbit | { readonly reason: string };
  }
}

/** One RabbitMQ for the whole run. Provides `rabbitmq`. */
export async function provideRabbit(project: TestProject): Promise<() => Promise<void>> {
  const found = await startRabbit();
  if (found.rabbit === null) {
    console.warn(`RabbitMQ: none, its tests are skipped: ${found.reason}`);
    project.provide("rabbitmq", { reason: found.reason });
    return async () => undefined;
  }
  const { restart: _restart, kill9AndStart: _kill, stop, ...shared } = found.rabbit;
  console.log(`RabbitMQ: ${shared.origin}, port ${shared.port}`);
  project.provide("rabbitmq", shared);
  return stop;
}

/** The provided broker, or null: then the tests that need it are skipped, which is counted and printed. */
export const sharedRabbit = (provided: SharedRabbit | { readonly reason: string }): SharedRabbit | null =>
  "reason" in provided ? null : provided;
