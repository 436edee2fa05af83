import { runAdapterContract } from "#test/adapter-contract.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import type { RocketMqAddress } from "#test/brokers/rocketmq.ts";
import { rocketMqHarness } from "#test/brokers/rocketmq-harness.ts";

const { server, reason } = await onDemand<RocketMqAddress>("rocketmq");

runAdapterContract(
  "RocketMQ",
  async () => {
    if (server === null) throw new Error(reason);
    return rocketMqHarness(server);
  },
  {},
  reason,
);
