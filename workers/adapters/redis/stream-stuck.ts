import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Batch, CaptureLimits, Cursor } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { faultOf } from "./faults.ts";
import type { Link, RedisClient } from "./link.ts";
import { batchesOf, follow } from "./stream-batches.ts";
import type { Entry } from "./stream-entry.ts";
import { CONSUMER, isStuck, pendingOf, valueIn, type Pending, type StreamSource } from "./stream-reads.ts";
import { tookBack, watchFrom, type Place } from "./stream-watch.ts";

const LOOK_AGAIN_MS = 500;
/** Between two looks for consumers that came back. */
const LOOK_AFTER_MS = 1_000;
/** How long a caller is waited for that reads on without accepting. */
const STORED_MS = 5_000;
const PAGE = 500;

/**
 * Finds entries stuck in somebody's group, takes them over with the idle time as condition, so that no consumer has them
 * at the same moment, and acknowledges them in that group once they are stored. JUSTID leaves the delivery count as it
 * is. What a consumer that comes back may have done is told in notices; what is to be looked at for that is in the cursor. Throws
 * Fault.
 */
export async function* captureStuck({ redis }: Link, group: string, source: StreamSource, from: Cursor, limits: CaptureLimits, stop: AbortSignal): AsyncGenerator<Batch, void, void> {
  const place = { key: source.queue, group };
  const stopped = once(stop, "abort").then(() => false);
  const rest = (): Promise<void> => pause(LOOK_AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
  try {
    await mustBeThere(redis, place);
    // XCLAIM makes the consumer a new one's: what it was before is told from the scan
    const known = new Map<string, Pending>();
    const watch = watchFrom(redis, place, from);
    const hand = follow(source, {
      settle: async (ids) => {
        for (const id of ids) known.delete(id);
        const notices = await acknowledge(redis, place, ids);
        watch.settle(ids);
        return { notices, cursor: watch.cursor() };
      },
      letGo: (ids) => watch.settle(ids),
      cursorAfter: (ids) => {
        watch.handOut(ids);
        return watch.cursor();
      },
    });
    const doubts = await watch.doubts();
    yield* batchesOf(hand, [], doubts, limits);
    let looked = performance.now();
    while (!stop.aborted) {
      if (performance.now() - looked > LOOK_AFTER_MS) {
        looked = performance.now();
        yield* batchesOf(hand, [], await watch.returned(), limits);
      }
      const count = hand.window.count({ ...limits, maxCount: Math.min(limits.maxCount, PAGE) });
      const own = hand.again ? await pendingOf(redis, { ...place, minIdleMs: 0, consumer: CONSUMER, from: "-", count: PAGE }) : [];
      hand.again = own.length === PAGE;
      const left = own.filter(({ id }) => !hand.inHand.has(id)).slice(0, count);
      const found = left.length > 0 ? left : await stuckNow(redis, place, source, hand.inHand, count);
      for (const pending of found) if (!known.has(pending.id)) known.set(pending.id, pending);
      // who may come back has to be known before it has nothing to come back to
      if (left.length === 0 && (await watch.note(found, source.minIdleMs))) {
        const noted = note(watch.cursor());
        yield noted.batch;
        const patience = new AbortController();
        const late = pause(STORED_MS, true, { signal: patience.signal }).catch(() => true);
        const stored = await Promise.race([noted.stored, stopped, late]);
        patience.abort();
        if (!stored) continue;
      }
      const claimed = left.length > 0 ? left.map(({ id }) => id) : await claim(redis, place, source, found);
      watch.left(found.filter(({ id }) => !claimed.includes(id)).map(({ id }) => id));
      if (claimed.length === 0) {
        await rest();
        continue;
      }
      yield* batchesOf(hand, await contents(redis, place.key, claimed), [], limits, (id) => pendingFacts(group, known.get(id)));
    }
  } catch (error) {
    if (!stop.aborted) throw faultOf(error);
  }
}

/** A batch that stores a cursor and nothing else; `stored` resolves to whether it was. */
function note(cursor: Cursor): { readonly batch: Batch; readonly stored: Promise<boolean> } {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  return { batch: { deaths: [], cursor, accept: async () => resolve(true), release: async () => resolve(false) }, stored: promise };
}

async function mustBeThere(redis: RedisClient, { key, group }: Place): Promise<void> {
  const groups = (await redis.xinfo("GROUPS", key)) as unknown[][];
  if (!groups.some((row) => valueIn(row, "name") === group)) throw new Fault("not_found", `the stream ${key} has no group ${group}`);
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
    if (owner !== undefined && owner !== CONSUMER) notices.push(tookBack(owner, group, id));
    if (owner === undefined && acked?.[1] === 0 && (await redis.xrange(key, id, id)).length > 0)
      notices.push(`Entry ${id} was acknowledged in ${group} by somebody else while it was being stored: it may have been processed as well.`);
  }
  return notices;
}
