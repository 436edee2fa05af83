import { expect } from "vitest";
import type { Manifest } from "#core/brokers/manifest.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { stamped } from "#core/lineage.ts";
import { numbered, texts } from "./adapter-contract-capture.ts";
import type { Bench, ContractCases } from "./adapter-contract.ts";
import type { AdapterHarness } from "./adapter-harness.ts";
import { eventually } from "./eventually.ts";

const BULK = 2_500;

/** Messages to publish, stamped as Redrive stamps them, each with an id of its own. */
const outgoing = <M extends Manifest>(harness: AdapterHarness<M>, count: number, prefix = "m"): Outgoing[] =>
  numbered(count, prefix).map(({ body }) => ({
    attemptId: crypto.randomUUID(),
    body,
    headers: stamped([], { messageId: crypto.randomUUID(), count: 1, origin: "contract" }),
    native: harness.plainNative,
  }));

const soon = (): AbortSignal => AbortSignal.timeout(30_000);

export const publishCases = <M extends Manifest>({ harness, open }: Bench<M>): ContractCases => ({
  "publish to nowhere is refused": async () => {
    const session = await open();
    const outcomes = await session.publish(outgoing(harness(), 3), harness().nowhere, soon());
    expect(outcomes).toHaveLength(3);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "refused", fault: { name: "Fault" } });
    const place = await harness().place();
    const [after] = await session.publish(outgoing(harness(), 1), place.target, soon());
    expect(after?.status).toBe("confirmed");
  },

  "a bulk publish has one outcome per message, in order": async () => {
    const session = await open();
    const place = await harness().place();
    const messages = outgoing(harness(), BULK);
    const outcomes = await session.publish(messages, place.target, soon());
    expect(outcomes).toHaveLength(BULK);
    expect(outcomes.filter(({ status }) => status !== "confirmed")).toEqual([]);
    expect(texts(await place.drain())).toEqual(texts(messages));
  },

  "a connection cut before the confirm leaves the outcome unknown": async () => {
    await using proxied = await harness().proxied();
    const { proxy, access } = proxied;
    const session = await open(access);
    const place = await harness().place();
    const [first] = await session.publish(outgoing(harness(), 1, "first"), place.target, soon());
    expect(first?.status).toBe("confirmed");

    proxy.blackhole("toClient");
    const sentBefore = proxy.bytes.toServer;
    const publishing = session.publish(outgoing(harness(), 1, "cut"), place.target, soon());
    await eventually(() => expect(proxy.bytes.toServer).toBeGreaterThan(sentBefore + 50));
    const arrived = proxy.bytes.toClient;
    await eventually(() => expect(proxy.bytes.toClient).toBeGreaterThan(arrived), { timeoutMs: 2_000 }).catch(() => {});
    proxy.reset();
    const [outcome] = await publishing;
    expect(outcome).toMatchObject({ status: "unknown", fault: { name: "Fault" } });
    const copies = texts(await place.drain());
    expect(copies).toContain(JSON.stringify("first0"));
    expect(copies.length).toBeLessThanOrEqual(2);
  },
});
