import { storeBatch } from "#db/queries/capture.ts";
import { releaseLease, takeLease } from "#db/queries/leases.ts";
import type { Numbers } from "./broker.ts";
import { decodedRow } from "./messages.ts";
import type { Source, Stand } from "./stand.ts";

const BATCH = 500;

/** Puts dead messages there that were rejected from `failedIn`, as a capture would have. Answers their ids. */
export async function storeDead(
  { pool }: Stand,
  source: Source,
  { queue, failedIn }: { queue: string; failedIn: string },
  { from, count }: Numbers,
): Promise<string[]> {
  const lease = await takeLease(pool.sql, `bench:${crypto.randomUUID()}`, "bench", 300_000);
  if (lease === null) throw new Error("the lease of a random name is taken");
  const ids: string[] = [];
  for (let first = from; first < from + count; first += BATCH) {
    const size = Math.min(BATCH, from + count - first);
    const deaths = Array.from({ length: size }, (_, i) => decodedRow(first + i, queue, failedIn));
    await storeBatch(pool.sql, { ...source, deaths, notices: [], inHand: [], cursor: null, worker: "bench", lease });
    ids.push(...deaths.map(({ id }) => id));
  }
  await releaseLease(pool.sql, lease);
  return ids;
}
