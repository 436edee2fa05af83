import { describe, expect, test } from "vitest";
import { onDemand } from "#test/brokers/on-demand.ts";
import type { PulsarAddress } from "#test/brokers/pulsar.ts";
import { readAll } from "#test/brokers/pulsar-harness.ts";
import { eventually } from "#test/eventually.ts";
import { pulsarDemo } from "./pulsar.ts";
import { REFUNDS_DEAD, start } from "./pulsar-traffic.ts";

const { server } = await onDemand<PulsarAddress>("pulsar");

describe.skipIf(server === null)("Pulsar", () => {
  test("refunds die into the dead-letter topic, with the key and the properties of Pulsar's clients", { timeout: 90_000 }, async () => {
    if (server === null) return;
    const url = `http://:${server.token}@${server.host}:${server.port}`;
    expect(await pulsarDemo.isThere?.(url)).toBe(true);
    const stop = await start({ url, rate: 200, signal: new AbortController().signal, log: () => undefined });
    try {
      await eventually(async () => {
        const dead = await readAll(server, `persistent://public/default/${REFUNDS_DEAD}`);
        expect(dead.length).toBeGreaterThan(2);
        expect(dead[0]).toMatchObject({ key: expect.stringMatching(/^cus_/), properties: { REAL_SUBSCRIPTION: "billing", ORIGIN_MESSAGE_ID: expect.stringMatching(/^\d+:\d+:-1/) } });
      }, { timeoutMs: 60_000, intervalMs: 500 });
    } finally {
      await stop();
    }
  });

  test("something else on that port is no Pulsar, nor is one that asks for a login", async () => {
    if (server === null) return;
    await expect(pulsarDemo.isThere?.(`http://${server.host}:${server.port}`)).rejects.toThrow();
  });
});
