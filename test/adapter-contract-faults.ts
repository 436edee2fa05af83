import { expect } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import type { Manifest } from "#core/brokers/manifest.ts";
import type { RawDeath } from "#core/message/raw.ts";
import { numbered, texts } from "./adapter-contract-capture.ts";
import type { Bench, ContractCases } from "./adapter-contract.ts";
import type { PrivateBroker } from "./adapter-harness.ts";
import { collect, LIMITS, nextBatch, type Read } from "./adapter-reading.ts";
import { freePorts } from "./brokers/free-port.ts";
import { eventually } from "./eventually.ts";

const soon = (): AbortSignal => AbortSignal.timeout(30_000);

export const faultCases = <M extends Manifest>({ harness, open }: Bench<M>): ContractCases => ({
  "a half-open connection is noticed": async () => {
    const { halfOpen } = harness();
    await using proxied = await harness().proxied();
    const { proxy, access } = proxied;
    const session = await open({ settings: Object.assign({}, access.settings, halfOpen.settings), secrets: access.secrets });
    const place = await harness().place();
    const capturing = nextBatch(session.capture(place.source, null, LIMITS, soon())[Symbol.asyncIterator]());
    await session.ping(soon());
    const start = Date.now();
    proxy.blackhole("both");
    await Promise.all([
      expect(capturing).rejects.toMatchObject({ name: "Fault" }),
      expect(session.lost).rejects.toMatchObject({ name: "Fault" }),
    ]);
    expect(Date.now() - start).toBeLessThanOrEqual(halfOpen.withinMs);
  },

  "a wrong password is unauthorised": async () => {
    await expect(open(harness().wrongAccess)).rejects.toMatchObject({ name: "Fault", code: "unauthorised" });
  },

  "a broker that is not there is unreachable": async () => {
    const [port] = (await freePorts(1)) as [number];
    const opening = open(harness().nobodyThere(port));
    await expect(opening).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
  },

  "capture goes on after the broker restarts": async () => {
    await using broker = await harness().startPrivateBroker();
    const place = await broker.place();
    await place.put(numbered(20));
    const { accepted, session } = await acceptOneBatch(broker, open, place.source);
    await Promise.all([broker.restart(), expect(session.lost).rejects.toMatchObject({ name: "Fault" })]);
    // A broker answers before its queues do.
    const again = async (): Promise<Read> => collect(await open(broker.access), place.source, 20, { into: accepted });
    await eventually(again, { timeoutMs: 60_000, intervalMs: 500 });
    expect(texts(distinct(accepted.deaths))).toEqual(texts(numbered(20)));
  },

  "depth counts what waits": async () => {
    const session = await open();
    const [three, none] = await Promise.all([harness().place(), harness().place()]);
    await three.put(numbered(3));
    const kind = harness().depthKind;
    const check = async (): Promise<void> => {
      const depths = await session.depth([three.source, none.source], soon());
      expect(depths).toMatchObject([{ kind, ready: 3 }, { ready: 0 }]);
    };
    await (kind === "exact" ? check() : eventually(check, { timeoutMs: 15_000 }));
  },

  "the depth of a missing queue is unknown": async () => {
    const session = await open();
    const place = await harness().place();
    const depths = await session.depth([harness().missingSource, place.source], soon());
    expect(depths[0]).toMatchObject({ kind: "unknown", fault: { code: "not_found" } });
    expect(depths[1]).toMatchObject({ ready: 0 });
  },

  "discover lists a dead-letter queue with its sign": async () => {
    const { source, sign, access } = await harness().deadLetterPlace();
    const session = await open(access);
    if (!("discover" in session)) throw new Error("the manifest grants no discover");
    const found = (await discover(session)).find((queue) => JSON.stringify(queue.source) === JSON.stringify(source));
    expect(found?.deadLetterSigns).toContainEqual(sign);
  },
});

/** What was accepted right before its broker stopped may come again, where the broker loses acks: its id tells. */
const distinct = (deaths: readonly RawDeath[]): readonly RawDeath[] =>
  deaths.filter(({ identity }, at) => identity.kind !== "exact" || deaths.findIndex((other) => other.identity.kind === "exact" && other.identity.id === identity.id) === at);

async function acceptOneBatch<M extends Manifest>(
  broker: PrivateBroker<M>,
  open: Bench<M>["open"],
  source: Parameters<Session<M>["capture"]>[0],
): Promise<{ accepted: Read; session: Session<M> }> {
  const session = await open(broker.access);
  const batches = session.capture(source, null, { ...LIMITS, maxCount: 5 }, soon())[Symbol.asyncIterator]();
  const batch = await nextBatch(batches);
  await batch.accept();
  // A second one stays with us, unaccepted, over the restart.
  const held = await nextBatch(batches);
  expect(held.deaths.length).toBeGreaterThan(0);
  batches.next().catch(() => {});
  return { accepted: { deaths: [...batch.deaths], cursor: batch.cursor }, session };
}

type Discovering = { discover(signal: AbortSignal): Promise<readonly { source: unknown; deadLetterSigns: readonly unknown[] }[]> };
const discover = (session: object): ReturnType<Discovering["discover"]> => (session as Discovering).discover(soon());
