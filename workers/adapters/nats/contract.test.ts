import { afterAll } from "vitest";
import { runAdapterContract } from "#test/adapter-contract.ts";
import { natsHarness } from "#test/brokers/nats-harness.ts";
import type { NatsAddress } from "#test/brokers/nats.ts";
import { onDemand } from "#test/brokers/on-demand.ts";

const { server, reason } = await onDemand<NatsAddress>("nats");
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
});

for (const retention of ["limits", "workqueue", "interest"] as const) {
  const makeHarness = async () => {
    if (server === null) throw new Error(reason);
    const { harness, close } = await natsHarness(server, retention);
    ends.push(close);
    return harness;
  };
  runAdapterContract(`NATS ${retention}`, makeHarness, {}, reason);
}
