import type { TestProject } from "vitest/node";
import { startRabbit, type TestRabbit } from "./rabbitmq.ts";

/** What test files get of the run's RabbitMQ, or why there is none. Only data passes between the processes. */
export type ProvidedRabbit =
  | ({ readonly available: true } & Omit<TestRabbit, "restart" | "kill9AndStart" | "ctl" | "stop">)
  | { readonly available: false; readonly reason: string };

declare module "vitest" {
  interface ProvidedContext {
    rabbitmq: ProvidedRabbit;
  }
}

/** Starts the run's RabbitMQ and provides it under `rabbitmq`; returns how to stop it. */
export async function provideRabbit(project: Pick<TestProject, "provide">): Promise<() => Promise<void>> {
  const { rabbit, ...why } = await startRabbit();
  if (rabbit === null) {
    const reason = "reason" in why ? why.reason : "unknown";
    console.warn(`no RabbitMQ for the tests: ${reason}`);
    project.provide("rabbitmq", { available: false, reason });
    return async () => {};
  }
  const { restart: _restart, kill9AndStart: _kill, ctl: _ctl, stop, ...data } = rabbit;
  project.provide("rabbitmq", { available: true, ...data });
  return stop;
}
