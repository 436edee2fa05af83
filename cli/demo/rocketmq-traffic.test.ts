import { describe, expect, test } from "vitest";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRocketMq } from "#test/brokers/rocketmq-client.ts";
import type { RocketMqAddress } from "#test/brokers/rocketmq.ts";
import { eventually } from "#test/eventually.ts";
import { SHIPMENTS_DEAD, start } from "./rocketmq-traffic.ts";

const { server } = await onDemand<RocketMqAddress>("rocketmq");

describe.skipIf(server === null)("RocketMQ", () => {
  test("shipments die into the dead letters of their group", { timeout: 60_000 }, async () => {
    if (server === null) return;
    const { host, proxyPort, nameServerPort, accessKey, accessSecret } = server;
    await using client = await openRocketMq(server);
    const url = `rocketmq://${accessKey}:${accessSecret}@${host}:${proxyPort}?nameServer=${host}:${nameServerPort}`;
    const stop = await start({ url, rate: 300, signal: new AbortController().signal, log: () => undefined });
    try {
      await eventually(async () => expect((await client.readAll(SHIPMENTS_DEAD)).length).toBeGreaterThan(2), { timeoutMs: 40_000, intervalMs: 200 });
    } finally {
      await stop();
    }
  });
});
