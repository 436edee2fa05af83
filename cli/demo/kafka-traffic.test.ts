import { describe, expect, test } from "vitest";
import { kafkaClient, type KafkaAddress } from "#test/brokers/kafka.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { eventually } from "#test/eventually.ts";
import { PAYMENTS_DEAD, start } from "./kafka-traffic.ts";

const { server } = await onDemand<KafkaAddress>("kafka");

describe.skipIf(server === null)("Kafka", () => {
  test("payments die into the dead-letter topic", { timeout: 60_000 }, async () => {
    if (server === null) return;
    const stop = await start({ url: `kafka://${server.host}:${server.port}`, rate: 300, signal: new AbortController().signal, log: () => undefined });
    const admin = kafkaClient(server).admin();
    try {
      await admin.connect();
      await eventually(async () => {
        const marks = await admin.fetchTopicOffsets(PAYMENTS_DEAD);
        expect(marks.reduce((sum, { high }) => sum + Number(high), 0)).toBeGreaterThan(2);
      }, { timeoutMs: 40_000, intervalMs: 200 });
    } finally {
      await stop();
      await admin.disconnect();
    }
  });
});
