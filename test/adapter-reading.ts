import type { z } from "zod";
import type { Batch, CaptureLimits, Cursor, Session } from "#core/brokers/adapter.ts";
import type { Manifest } from "#core/brokers/manifest.ts";
import type { RawDeath } from "#core/message/raw.ts";

export const LIMITS: CaptureLimits = { maxBytes: 4 * 1024 * 1024, maxCount: 100, maxWaitMs: 20 };

type Reader<M extends Manifest> = Pick<Session<M>, "capture">;

/** What was read so far; kept over several captures of one source. */
export type Read = { deaths: RawDeath[]; cursor: Cursor };

/** Of deaths whose broker may give them again although they were accepted, those that are new; `seen` learns their ids. */
function unseen(deaths: readonly RawDeath[], seen: Set<string> | null): readonly RawDeath[] {
  return deaths.filter(({ identity }) => seen === null || identity.kind !== "exact" || (!seen.has(identity.id) && seen.add(identity.id)));
}

/** Captures and accepts until `count` deaths were read, `into` included; throws when they do not come in 20 s. */
export async function collect<M extends Manifest>(
  session: Reader<M>,
  source: z.infer<M["source"]>,
  count: number,
  { limits = LIMITS, into = { deaths: [], cursor: null }, seen = null }: { limits?: CaptureLimits; into?: Read; seen?: Set<string> | null } = {},
): Promise<Read> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 20_000);
  try {
    for await (const batch of session.capture(source, into.cursor, limits, stop.signal)) {
      await batch.accept();
      into.deaths.push(...unseen(batch.deaths, seen));
      into.cursor = batch.cursor;
      if (into.deaths.length >= count) break;
    }
  } finally {
    clearTimeout(timer);
  }
  if (into.deaths.length < count) throw new Error(`only ${into.deaths.length} of ${count} deaths came in 20 s`);
  return into;
}

/** The next batch of a running capture; throws when there is none. */
export async function nextBatch(batches: AsyncIterator<Batch>): Promise<Batch> {
  const { value, done } = await batches.next();
  if (done === true || value === undefined) throw new Error("capture ended");
  return value;
}
