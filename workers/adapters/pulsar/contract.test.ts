import { runAdapterContract } from "#test/adapter-contract.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import type { PulsarAddress } from "#test/brokers/pulsar.ts";
import { pulsarHarness } from "#test/brokers/pulsar-harness.ts";

const { server, reason } = await onDemand<PulsarAddress>("pulsar");

runAdapterContract(
  "Pulsar",
  async () => {
    if (server === null) throw new Error(reason);
    return pulsarHarness(server);
  },
  {},
  reason,
);
