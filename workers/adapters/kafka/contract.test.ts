import { runAdapterContract } from "#test/adapter-contract.ts";
import type { KafkaAddress } from "#test/brokers/kafka.ts";
import { kafkaHarness } from "#test/brokers/kafka-harness.ts";
import { onDemand } from "#test/brokers/on-demand.ts";

const { server, reason } = await onDemand<KafkaAddress>("kafka");

runAdapterContract(
  "Kafka",
  async () => {
    if (server === null) throw new Error(reason);
    return kafkaHarness(server);
  },
  {},
  reason,
);
