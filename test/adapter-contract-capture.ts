import { execFile } from "node:child_process";
import { expect } from "vitest";
import type { Manifest } from "#core/brokers/manifest.ts";
import type { Header } from "#core/message/header.ts";
import type { RawDeath } from "#core/message/raw.ts";
import type { Bench, ContractCases } from "./adapter-contract.ts";
import type { Planted } from "./adapter-harness.ts";
import { collect, LIMITS, nextBatch } from "./adapter-reading.ts";

/** `count` messages told apart by their bodies, which are JSON that a broker with a jsonb column writes the same way. */
export const numbered = (count: number, prefix = "m"): Planted[] =>
  Array.from({ length: count }, (_, i) => ({
    label: `${prefix}${i}`,
    body: new TextEncoder().encode(JSON.stringify(`${prefix}${i}`)),
    headers: [],
  }));

export const texts = (messages: readonly { readonly body: Uint8Array }[]): string[] =>
  messages.map(({ body }) => Buffer.from(body).toString("utf8")).toSorted();

/** Compares bytes without printing megabytes when they differ. */
function expectSame(
  label: string,
  got: { readonly body: Uint8Array; readonly headers: readonly Header[] },
  wanted: { readonly body: Uint8Array; readonly headers: readonly Header[] },
): void {
  const same = Buffer.from(got.body).equals(Buffer.from(wanted.body));
  expect({ label, body: same ? "same" : "different", headers: got.headers }).toEqual({
    label,
    body: "same",
    headers: wanted.headers,
  });
}

export const captureCases = <M extends Manifest>({ harness, open }: Bench<M>): ContractCases => ({
  "nasty messages come out as they went in": async () => {
    const session = await open();
    const [first, second] = await Promise.all([harness().place(), harness().place()]);
    const added = harness().addedHeaders ?? [];
    const own = (death: RawDeath): RawDeath => ({ ...death, headers: death.headers.filter(({ name }) => !added.includes(name)) });
    const cursors = { first: null as string | null, second: null as string | null };
    const seen = { first: new Set<string>(), second: new Set<string>() };
    expect(harness().nasty.length).toBeGreaterThan(0);
    for (const message of harness().nasty) {
      await first.put([message]);
      const died = await collect(session, first.source, 1, { into: { deaths: [], cursor: cursors.first }, seen: seen.first });
      const [death] = died.deaths;
      const { native, body, headers } = own(death as RawDeath);
      expectSame(message.label, { body, headers }, message);
      const [outcome] = await session.publish(
        [{ attemptId: crypto.randomUUID(), body, headers, native }],
        second.target,
        AbortSignal.timeout(20_000),
      );
      expect({ label: message.label, outcome: outcome?.status }).toEqual({ label: message.label, outcome: "confirmed" });
      await second.fail?.();
      const again = await collect(session, second.source, 1, { into: { deaths: [], cursor: cursors.second }, seen: seen.second });
      expectSame(`${message.label}, resent`, own(again.deaths[0] as RawDeath), message);
      expect(harness().essence((again.deaths[0] as RawDeath).native)).toEqual(harness().essence(native));
      cursors.first = died.cursor;
      cursors.second = again.cursor;
    }
  },

  "two identical messages are two deaths": async () => {
    const session = await open();
    const place = await harness().place();
    const [one] = numbered(1) as [Planted];
    await place.put([one, one]);
    const { deaths } = await collect(session, place.source, 2);
    expect(deaths).toHaveLength(2);
    const [a, b] = deaths.map(({ identity }) => identity);
    if (a?.kind === "exact" && b?.kind === "exact") expect(a.id).not.toBe(b.id);
    else expect([a, b]).toMatchObject([{ redelivered: false }, { redelivered: false }]);
  },

  "accepted deaths are not delivered again": async () => {
    const place = await harness().place();
    await place.put(numbered(5, "old"));
    const { cursor } = await collect(await open(), place.source, 5);
    await place.put(numbered(1, "new"));
    const { deaths } = await collect(await open(), place.source, 1, { into: { deaths: [], cursor } });
    expect(texts(deaths)).toEqual(texts(numbered(1, "new")));
  },

  "a released batch comes back": async () => {
    const session = await open();
    const place = await harness().place();
    await place.put(numbered(6));
    const stop = new AbortController();
    const accepted: RawDeath[] = [];
    let released: RawDeath[] | null = null;
    for await (const batch of session.capture(place.source, null, { ...LIMITS, maxCount: 3 }, stop.signal)) {
      if (released === null) {
        released = [...batch.deaths];
        await batch.release();
        continue;
      }
      accepted.push(...batch.deaths);
      await batch.accept();
      if (accepted.length >= 6) break;
    }
    expect(texts(accepted)).toEqual(texts(numbered(6)));
    for (const { identity, body } of released ?? []) {
      const again = accepted.find((death) => Buffer.from(death.body).equals(Buffer.from(body)))?.identity;
      if (identity.kind === "exact") expect(again).toEqual(identity);
      else expect(again).toMatchObject({ hash: identity.hash, redelivered: true });
    }
  },

  "killed between read and accept, nothing is lost": async () => {
    const place = await harness().place();
    await place.put(numbered(9));
    const { entry, access } = harness();
    const order = JSON.stringify({ ...entry, access, source: place.source, count: 4 });
    const child = await new Promise<{ signal: string | null; output: string }>((resolve) => {
      const script = new URL("./adapter-killed.ts", import.meta.url).pathname;
      execFile(process.execPath, [script, order], { timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ signal: error?.signal ?? null, output: stdout + stderr });
      });
    });
    expect(child.output).toMatch(/^read [4-9]/m);
    expect(child.signal).toBe("SIGKILL");
    const { deaths } = await collect(await open(), place.source, 9);
    expect(texts(deaths)).toEqual(texts(numbered(9)));
  },

  "stop ends capture within a second and loses nothing": async () => {
    const session = await open();
    const place = await harness().place();
    await place.put(numbered(50));
    const stop = new AbortController();
    const batches = session.capture(place.source, null, { ...LIMITS, maxCount: 10 }, stop.signal)[Symbol.asyncIterator]();
    const first = await nextBatch(batches);
    const second = await nextBatch(batches);
    expect(first.deaths.length + second.deaths.length).toBeGreaterThan(0);
    const start = Date.now();
    stop.abort();
    expect((await batches.next()).done).toBe(true);
    expect(Date.now() - start).toBeLessThan(1000);
    const { deaths } = await collect(await open(), place.source, 50);
    expect(texts(deaths)).toEqual(texts(numbered(50)));
  },

  "capture of a missing source is not_found": async () => {
    const session = await open();
    const batches = session.capture(harness().missingSource, null, LIMITS, AbortSignal.timeout(20_000));
    await expect(nextBatch(batches[Symbol.asyncIterator]())).rejects.toMatchObject({ name: "Fault", code: "not_found" });
  },
});
