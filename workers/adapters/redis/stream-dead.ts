import type { Batch, CaptureLimits, Cursor } from "#core/brokers/adapter.ts";
import { faultOf } from "./faults.ts";
import { cut, type Link, type RedisClient } from "./link.ts";
import { batchesOf, follow, type Follow } from "./stream-batches.ts";
import { isAfter } from "./stream-entry.ts";
import { readNew, readOwn, valueIn, type StreamSource } from "./stream-reads.ts";

const BLOCK_MS = 500;
const LOOK_FOR_TRIMMING_MS = 10_000;

/**
 * Reads a dead-letter stream with our own group: first what an earlier capture was given and did not acknowledge, then
 * what is new. Acknowledged once stored; the entries stay. Entries that were trimmed before they were read are told in
 * a notice. Throws Fault.
 */
export async function* captureDead(
  { redis, open }: Link,
  group: string,
  source: StreamSource,
  from: Cursor,
  limits: CaptureLimits,
  stop: AbortSignal,
): AsyncGenerator<Batch, void, void> {
  const key = source.queue;
  const reader = await open();
  const end = (): void => cut(reader);
  stop.addEventListener("abort", end, { once: true });
  try {
    await ensureGroup(redis, key, group, from);
    let furthest = from;
    const hand = follow(source, {
      settle: (ids) => acknowledge(redis, key, group, ids),
      // entries that come again are older than what was read: the cursor does not go back
      cursorAfter: (ids) => {
        for (const id of ids) if (furthest === null || isAfter(id, furthest)) furthest = id;
        return furthest;
      },
    });
    let looked = Number.NEGATIVE_INFINITY;
    while (!stop.aborted) {
      const notices: string[] = [];
      if (performance.now() - looked > LOOK_FOR_TRIMMING_MS) {
        notices.push(...(await trimmed(redis, key, group, hand)));
        looked = performance.now();
      }
      const count = hand.window.count(limits);
      const own = hand.again ? await readOwn(reader, key, group, count, hand.ownFrom) : [];
      const last = own.at(-1)?.[0].toString("latin1");
      if (last === undefined) hand.again = false;
      else hand.ownFrom = last;
      const entries = own.length > 0 ? own : hand.again ? [] : await readNew(reader, key, group, count, BLOCK_MS);
      yield* batchesOf(hand, entries, notices, limits);
    }
  } catch (error) {
    if (!stop.aborted) throw faultOf(error);
  } finally {
    stop.removeEventListener("abort", end);
    cut(reader);
  }
}

/** The group begins at the oldest entry, or where the stored cursor stands when somebody destroyed it. */
async function ensureGroup(redis: RedisClient, key: string, group: string, from: Cursor): Promise<void> {
  try {
    await redis.xgroup("CREATE", key, group, from ?? "0");
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
  }
}

async function acknowledge(redis: RedisClient, key: string, group: string, ids: readonly string[]): Promise<void> {
  await redis.xack(key, group, ...ids);
}

/** Whether entries behind the group's position went before they were read; told once for each such position. */
async function trimmed(redis: RedisClient, key: string, group: string, hand: Follow): Promise<string[]> {
  const [stream, groups] = await Promise.all([redis.xinfo("STREAM", key), redis.xinfo("GROUPS", key)]);
  const deleted = valueIn(stream as unknown[], "max-deleted-entry-id");
  const own = (groups as unknown[][]).find((row) => valueIn(row, "name") === group);
  const read = own === undefined ? undefined : valueIn(own, "last-delivered-id");
  if (deleted === undefined || read === undefined || hand.toldTrimmed === deleted || !isAfter(deleted, read)) return [];
  hand.toldTrimmed = deleted;
  return [`Entries after ${read} up to ${deleted} were trimmed or deleted before they were read: MAXLEN or XDEL was faster than the capture.`];
}
