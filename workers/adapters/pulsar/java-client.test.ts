import { beforeAll, describe, expect, test } from "vitest";
import { decode } from "#core/decoders/index.ts";
import { collect, LIMITS } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { runJavaClient, type PulsarAddress } from "#test/brokers/pulsar.ts";
import { makeTopic, pulsarAccess } from "#test/brokers/pulsar-harness.ts";
import { eventually } from "#test/eventually.ts";
import { connectPulsar } from "./connect.ts";

const { server, reason } = await onDemand<PulsarAddress>("pulsar");
const theServer = (): PulsarAddress => {
  if (server === null) throw new Error(reason);
  return server;
};
const open = () => connectPulsar({ name: "test", ...pulsarAccess(theServer()), signal: AbortSignal.timeout(20_000) });

describe.skipIf(server === null)("Pulsar's Java client", { timeout: 60_000 }, () => {
  const name = `java-${crypto.randomUUID()}`;
  const places = { work: "", dead: "", bare: "" };
  beforeAll(async () => {
    if (server === null) return;
    places.work = await makeTopic(server, { topic: name, subscription: "billing" });
    places.dead = await makeTopic(server, { topic: `${name}-billing-DLQ` });
    places.bare = await makeTopic(server, { topic: `${name}-bare` });
    await runJavaClient("DeadLetters.java", [server.serviceUrl, server.token, places.work, places.bare]);
  }, 240_000);

  test("what it writes when it gives a message up is understood", async () => {
    const { deaths } = await collect(await open(), { queue: places.dead }, 1);
    const [death] = deaths;
    if (death === undefined) throw new Error("nothing died");
    expect(death.native).toMatchObject({ key: "order-1", eventTime: "2026-03-14T09:26:53.123Z" });
    expect(decode(death)).toMatchObject({
      rule: "pulsar-dead-letter",
      reason: "delivery_limit",
      attempts: null,
      origin: { kind: "pulsar", topic: places.work, subscription: "billing" },
      originalMessageId: expect.stringMatching(/^\d+:\d+:-1$/),
      key: { utf8: "order-1" },
    });
  });

  test("a message without a value, over which the service fails, holds nobody up, and is told of", async () => {
    await using session = await open();
    const stop = new AbortController();
    for await (const batch of session.capture({ queue: places.bare }, null, LIMITS, AbortSignal.any([stop.signal, AbortSignal.timeout(40_000)]))) {
      expect(batch.deaths.map(({ body }) => Buffer.from(body).toString())).toEqual(["after"]);
      expect(batch.notices).toEqual([expect.stringContaining("without a value")]);
      await batch.accept();
      stop.abort();
    }
    expect(stop.signal.aborted).toBe(true);
    // it is not lost: it waits in the subscription
    await eventually(async () => expect(await session.depth([{ queue: places.bare }], AbortSignal.timeout(5_000))).toMatchObject([{ ready: 1, inFlight: 0 }]), { timeoutMs: 10_000 });
  });
});
