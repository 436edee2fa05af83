import { describe, expect, test } from "vitest";
import { text } from "#core/message/header.ts";
import type { PulsarNative } from "#core/message/native.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import type { PulsarAddress } from "#test/brokers/pulsar.ts";
import { admin, makeTopic, pulsarAccess, readAll } from "#test/brokers/pulsar-harness.ts";
import { connectPulsar } from "./connect.ts";

const { server, reason } = await onDemand<PulsarAddress>("pulsar");
const theServer = (): PulsarAddress => {
  if (server === null) throw new Error(reason);
  return server;
};
const open = () => connectPulsar({ name: "test", ...pulsarAccess(theServer()), signal: AbortSignal.timeout(20_000) });
const soon = (): AbortSignal => AbortSignal.timeout(30_000);

const native: PulsarNative = { transport: "pulsar", queue: "persistent://public/default/dead", messageId: "CAEQADAA", publishTime: "2026-03-14T09:26:53.123Z", eventTime: null, key: null, producerName: null, redeliveryCount: 0 };
const message = (body: Uint8Array | string, over: Partial<Outgoing> = {}): Outgoing => ({ attemptId: crypto.randomUUID(), body: Buffer.from(body), headers: [], native, ...over });

describe.skipIf(server === null)("Pulsar", { timeout: 60_000 }, () => {
  test("a topic that is missing is not made, nor one of a namespace that is missing", async () => {
    await using session = await open();
    const topic = `persistent://public/default/missing-${crypto.randomUUID()}`;
    expect(await session.publish([message("a")], { kind: "pulsar", topic }, soon())).toMatchObject([{ status: "refused", fault: { code: "not_found" } }]);
    expect(await session.publish([message("a")], { kind: "pulsar", topic: "persistent://public/nowhere/t" }, soon())).toMatchObject([{ status: "refused", fault: { code: "not_found" } }]);
    expect(await admin(theServer(), "GET", "persistent/public/default")).not.toContain(topic);
  });

  test("a topic without a subscription would drop it, unless it retains", async () => {
    await using session = await open();
    const topic = await makeTopic(theServer(), { subscription: null });
    expect(await session.publish([message("a")], { kind: "pulsar", topic }, soon())).toMatchObject([{ status: "refused", fault: { code: "unroutable" } }]);
    const path = "namespaces/public/default/retention";
    await admin(theServer(), "POST", path, { retentionTimeInMinutes: 60, retentionSizeInMB: 10 });
    try {
      expect(await session.publish([message("a")], { kind: "pulsar", topic }, soon())).toMatchObject([{ status: "confirmed" }]);
    } finally {
      await admin(theServer(), "DELETE", path);
    }
  });

  test("what is too large for the service is never confirmed, and its neighbours are not in doubt", async () => {
    await using session = await open();
    const topic = await makeTopic(theServer());
    // above the size of a frame: the service closes the connection, and may do so before its reason could be read
    const [before, tooLarge, after] = await session.publish([message("a"), message(Buffer.alloc(19_500_000)), message("b")], { kind: "pulsar", topic }, soon());
    expect([before, after]).toMatchObject([{ status: "confirmed" }, { status: "confirmed" }]);
    expect(tooLarge).toMatchObject({ fault: { name: "Fault", code: expect.stringMatching(/^(too_large|unreachable)$/) } });
    expect(await session.publish([message("c")], { kind: "pulsar", topic }, soon())).toMatchObject([{ status: "confirmed" }]);
    expect((await readAll(theServer(), topic)).map(({ body }) => body.toString())).toEqual(["a", "b", "c"]);
  });

  test("what Pulsar can not carry is refused by name, and the others go", async () => {
    await using session = await open();
    const topic = await makeTopic(theServer());
    const outcomes = await session.publish(
      [
        message("a", { headers: [text("twice", "1"), text("twice", "2")] }),
        message("b", { headers: [{ name: "raw", value: { t: "bytes", v: "/w==" } }] }),
        message("c", { native: { ...native, encrypted: true } }),
        message("d", { headers: [text("tenant", "eu")], native: { ...native, key: "k", eventTime: "2026-03-14T09:26:53.123Z" } }),
      ],
      { kind: "pulsar", topic },
      soon(),
    );
    expect(outcomes).toMatchObject([
      { status: "refused", fault: { code: "unsupported", detail: expect.stringContaining("twice") } },
      { status: "refused", fault: { code: "unsupported", detail: expect.stringContaining("raw") } },
      { status: "refused", fault: { code: "unsupported", detail: expect.stringContaining("encrypted") } },
      { status: "confirmed", receipt: expect.stringMatching(/^\d+:\d+:-1$/) },
    ]);
    expect(await readAll(theServer(), topic)).toMatchObject([{ properties: { tenant: "eu" }, key: "k", eventTime: "2026-03-14T09:26:53.123Z" }]);
  });

  test("a topic that was terminated takes nothing more", async () => {
    await using session = await open();
    const topic = await makeTopic(theServer());
    await admin(theServer(), "POST", `${topic.replace("://", "/")}/terminate`);
    expect(await session.publish([message("a")], { kind: "pulsar", topic }, soon())).toMatchObject([{ status: "refused", fault: { code: "invalid", detail: expect.stringContaining("terminated") } }]);
  });

  test("called off before it was sent is refused", async () => {
    await using session = await open();
    const topic = await makeTopic(theServer());
    await session.publish([message("a")], { kind: "pulsar", topic }, soon());
    expect(await session.publish([message("b")], { kind: "pulsar", topic }, AbortSignal.abort())).toMatchObject([{ status: "refused" }]);
    expect((await readAll(theServer(), topic)).map(({ body }) => body.toString())).toEqual(["a"]);
  });
});
