import { setTimeout as pause } from "node:timers/promises";
import type { Batch, CaptureLimits } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { faultOf } from "./faults.ts";
import type { Link, RedisClient } from "./link.ts";
import { batchesOf, follow } from "./stream-batches.ts";
import type { Entry } from "./stream-entry.ts";
import { CONSUMER, isStuck, pendingOf, type Pending, type StreamSource } from "./stream-reads.ts";

const LOOK_AGAIN_MS = 500;
const PAGE = 500;

/**
 * Finds entries stuck in somebody's group, takes them over with the idle time as condition, so that no consumer has them
 * at the same moment, and acknowledges them in that group once they are stored. JUSTID leaves the delivery count as it
 * is. Throws Fault.
 */
export async function* captureStuck({ redis }: Link, group: string, source: StreamSource, limits: CaptureLimits, stop: AbortSignal): AsyncGenerator<Batch, void, void> {
  const place = { key: source.queue, group };
  const rest = (): Promise<void> => pause(LOOK_AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
  try {
    await mustBeThere(redis, place);
    // XCLAIM makes the consumer a new one's: what it was before is told from the scan
    const known = new Map<string, Pending>();
    const hand = follow(source, {
      settle: async (ids) => {
        for (const id of ids) known.delete(id);
        return acknowledge(redis, place, ids);
      },
      cursorAfter: () => null,
    });
    while (!stop.aborted) {
      const count = hand.window.count({ ...limits, maxCount: Math.min(limits.maxCount, PAGE) });
      const own = hand.again ? await pendingOf(redis, { ...place, minIdleMs: 0, consumer: CONSUMER, from: "-", count: PAGE }) : [];
      hand.again = own.length === PAGE;
      const left = own.filter(({ id }) => !hand.inHand.has(id)).slice(0, count);
      const found = left.length > 0 ? left : await stuckNow(redis, place, source, hand.inHand, count);
      for (const pending of found) if (!known.has(pending.id)) known.set(pending.id, pending);
      const claimed = left.length > 0 ? left.map(({ id }) => id) : await claim(redis, place, source, found);
      if (claimed.length === 0) {
        yield* batchesOf(hand, [], [], limits);
        await rest();
        continue;
      }
      yield* batchesOf(hand, await contents(redis, place.key, claimed), [], limits, (id) => pendingFacts(group, known.get(id)));
    }
  } catch (error) {
    if (!stop.aborted) throw faultOf(error);
  }
}

type Place = { readonly key: string; readonly group: string };

async function mustBeThere(redis: RedisClient, { key, group }: Place): Promise<void> {
  const groups = (await redis.xinfo("GROUPS", key)) as unknown[][];
  if (!groups.some((row) => row.some((each, at) => String(row[at - 1]) === "name" && String(each) === group)))
    throw new Fault("not_found", `the stream ${key} has no group ${group}`);
}

const pendingFacts = (group: string, pending: Pending | undefined) =>
  pending === undefined ? null : { group, consumer: pending.consumer, idleMs: pending.idleMs, deliveries: pending.deliveries };

/** Entries that are stuck by the source's own measure, past those in hand; pages through the group's pending list. */
async function stuckNow(redis: RedisClient, place: Place, source: StreamSource, inHand: ReadonlySet<string>, count: number): Promise<Pending[]> {
  const found: Pending[] = [];
  for (let from = "-"; ; ) {
    const page = await pendingOf(redis, { ...place, minIdleMs: source.minIdleMs, from, count: PAGE });
    found.push(...page.filter((pending) => isStuck(pending, source) && !inHand.has(pending.id)));
    const last = page.at(-1)?.id;
    if (last === undefined || page.length < PAGE || found.length >= count) return found.slice(0, count);
    from = last;
  }
}

/** Takes over those that are still as idle as they were found. */
async function claim(redis: RedisClient, { key, group }: Place, { minIdleMs }: StreamSource, found: readonly Pending[]): Promise<string[]> {
  if (found.length === 0) return [];
  const before = new Map(found.map((pending) => [pending.id, pending]));
  const ids = (await redis.call("XCLAIM", key, group, CONSUMER, minIdleMs, ...before.keys(), "JUSTID")) as string[];
  // Redis 7 forgets an entry of the pending list whose content is gone while it is claimed
  const gone = found.filter(({ id }) => !ids.includes(id));
  const vanished = gone.length === 0 ? [] : await noLongerPending(redis, { key, group }, gone);
  return [...ids, ...vanished];
}

async function noLongerPending(redis: RedisClient, { key, group }: Place, gone: readonly Pending[]): Promise<string[]> {
  const found = await Promise.all(
    gone.map(async ({ id }) => {
      const [still, content] = await Promise.all([redis.xpending(key, group, id, id, 1), redis.xrange(key, id, id)]);
      return (still as unknown[]).length === 0 && content.length === 0 ? [id] : [];
    }),
  );
  return found.flat();
}

/** The entries by their ids; one that was trimmed has no fields. */
async function contents(redis: RedisClient, key: string, ids: readonly string[]): Promise<Entry[]> {
  const found = await Promise.all(ids.map((id) => redis.xrangeBuffer(key, id, id)));
  return ids.map((id, at): Entry => [Buffer.from(id), (found[at]?.[0]?.[1] as Buffer[] | undefined) ?? null]);
}

/**
 * Acknowledges in the user's group, and tells of each entry that was not in our hands any more: a consumer that came back
 * has taken or acknowledged it meanwhile, and may have processed it as well. Look and ack are one transaction.
 */
async function acknowledge(redis: RedisClient, { key, group }: Place, ids: readonly string[]): Promise<string[]> {
  const notices: string[] = [];
  for (const id of ids) {
    const answer = await redis.multi().xpending(key, group, id, id, 1).xack(key, group, id).exec();
    const [looked, acked] = answer ?? [];
    const error = looked?.[0] ?? acked?.[0];
    if (error) throw error;
    const owner = (looked?.[1] as [string, string][] | undefined)?.[0]?.[1];
    if (owner !== undefined && owner !== CONSUMER) notices.push(`Consumer ${owner} of ${group} took entry ${id} back while it was being stored: it may have been processed as well.`);
    if (owner === undefined && acked?.[1] === 0 && (await redis.xrange(key, id, id)).length > 0)
      notices.push(`Entry ${id} was acknowledged in ${group} by somebody else while it was being stored: it may have been processed as well.`);
  }
  return notices;
}
