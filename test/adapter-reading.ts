import type { z } from "zod";
import type { Batch, CaptureLimits, Cursor, Session } from "#core/brokers/adapter.ts";
import type { Manifest } from "#core/brokers/manifest.ts";
import type { RawDeath } from "#core/message/raw.ts";

export const LIMITS: CaptureLimits = { maxBytes: 4 * 1024 * 1024, maxCount: 100, maxWaitMs: 20 };

type Reader<M extends Manifest> = Pick<Session<M>, "capture">;

/** Captures and accepts until `count` deaths were read; throws when they do not come in 20 s. */
export async function collect<M extends Manifest>(
  session: Reader<M>,
  source: z.infer<M["source"]>,
  count: number,
  { limits = LIMITS, from = null }: { limits?: CaptureLimits; from?: Cursor } = {},
): Promise<{ deaths: RawDeath[]; cursor: Cursor }> {
  const deaths: RawDeath[] = [];
  let cursor = from;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 20_000);
  for await (const batch of session.capture(source, from, limits, stop.signal)) {
    deaths.push(...batch.deaths);
    cursor = batch.cursor;
    await batch.accept();
    if (deaths.length >= count) break;
  }
  clearTimeout(timer);
  if (deaths.length < count) throw new Error(`only ${deaths.length} of ${count} deaths came in 20 s`);
  return { deaths, cursor };
}

/** The next batch of a running capture; throws when there is none. */
export async function nextBatch(batches: AsyncIterator<Batch>): Promise<Batch> {
  const { value, done } = await batches.next();
  if (done === true || value === undefined) throw new Error("capture ended");
  return value;
}
