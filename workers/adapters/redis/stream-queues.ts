import type { Depth, DiscoveredQueue } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { sourceName } from "#core/brokers/source-name.ts";
import { Fault } from "#core/fault.ts";
import { faultOf } from "./faults.ts";
import { keysOf, signsOfKey } from "./keys.ts";
import type { RedisClient } from "./link.ts";
import { isStuck, pendingOf, type StreamSource } from "./stream-reads.ts";
import { isAfter } from "./stream-entry.ts";

/** Pending entries looked at to count the stuck ones; beyond, the count is an estimate from below. */
const LOOKED_AT = 1_000;
const LONG_PENDING = 10_000;

/** One depth a source, in order. */
export const streamDepths = (redis: RedisClient, group: string, sources: readonly StreamSource[], signal: AbortSignal): Promise<readonly Depth[]> =>
  before(Promise.all(sources.map((source) => depthOf(redis, group, source).catch((error: unknown): Depth => ({ kind: "unknown", fault: faultOf(error) })))), signal, "Redis did not answer in time").catch(
    (error: unknown) => {
      throw faultOf(error);
    },
  );

async function depthOf(redis: RedisClient, group: string, source: StreamSource): Promise<Depth> {
  const key = source.queue;
  const groups = await groupsOf(redis, key);
  if (source.stuckIn !== undefined) return stuckDepth(redis, source, source.stuckIn, groups);
  const own = groups.find(({ name }) => name === group);
  if (own === undefined) return { kind: "exact", ready: await redis.xlen(key), inFlight: null, consumers: consumersOf(groups) };
  if (own.lag !== null) return { kind: "exact", ready: own.pending + own.lag, inFlight: own.pending, consumers: own.consumers };
  // the lag is not told after deletions or a group made in mid-stream: counted, up to a cap
  const behind = await redis.xrange(key, `(${own.lastDelivered}`, "+", "COUNT", LOOKED_AT);
  return { kind: behind.length < LOOKED_AT ? "exact" : "estimate", ready: own.pending + behind.length, inFlight: own.pending, consumers: own.consumers };
}

async function stuckDepth(redis: RedisClient, source: StreamSource, name: string, groups: readonly Group[]): Promise<Depth> {
  const group = groups.find((each) => each.name === name);
  if (group === undefined) throw new Fault("not_found", `the stream ${source.queue} has no group ${name}`);
  const page = await pendingOf(redis, { key: source.queue, group: name, minIdleMs: source.minIdleMs, from: "-", count: LOOKED_AT });
  const stuck = page.filter((pending) => isStuck(pending, source)).length;
  return { kind: page.length < LOOKED_AT ? "exact" : "estimate", ready: stuck, inFlight: group.pending - stuck, consumers: group.consumers };
}

type Group = { readonly name: string; readonly consumers: number; readonly pending: number; readonly lag: number | null; readonly lastDelivered: string };

/** The groups of a stream. Throws Fault `not_found` for a key that is not there. */
async function groupsOf(redis: RedisClient, key: string): Promise<Group[]> {
  const rows = (await redis.xinfo("GROUPS", key)) as unknown[][];
  return rows.map((row) => {
    const value = (name: string): unknown => row[row.findIndex((each, at) => at % 2 === 0 && String(each) === name) + 1];
    // Redis 6 tells no lag at all
    const lag = row.includes("lag") ? value("lag") : null;
    return {
      name: String(value("name")),
      consumers: Number(value("consumers")),
      pending: Number(value("pending")),
      lag: lag === null ? null : Number(lag),
      lastDelivered: String(value("last-delivered-id")),
    };
  });
}

const consumersOf = (groups: readonly Group[]): number => groups.reduce((sum, { consumers }) => sum + consumers, 0);

/** Every stream that matches the patterns, and each group of others in it. */
export async function discoverStreams(redis: RedisClient, own: string, patterns: string, signal: AbortSignal): Promise<DiscoveredQueue<StreamSource>[]> {
  const found: DiscoveredQueue<StreamSource>[] = [];
  for (const key of await keysOf(redis, patterns, "stream", signal)) {
    const groups = await groupsOf(redis, key).catch(() => []);
    const source = redisStream.source.parse({ queue: key });
    found.push({ name: sourceName("redis-stream", source), type: "stream", source, custody: "copied", deadLetterSigns: signsOfKey(key), warnings: await warningsOf(redis, key, groups) });
    for (const { name } of groups) if (name !== own) found.push(await stuckQueue(redis, key, name));
  }
  return found;
}

/** A group of somebody's as a queue of what may get stuck in it; listed also while nothing is, since it may be captured. */
async function stuckQueue(redis: RedisClient, key: string, group: string): Promise<DiscoveredQueue<StreamSource>> {
  const source = redisStream.source.parse({ queue: key, stuckIn: group });
  const page = await pendingOf(redis, { key, group, minIdleMs: source.minIdleMs, from: "-", count: LOOKED_AT });
  const stuck = page.some((pending) => isStuck(pending, source));
  return { name: sourceName("redis-stream", source), type: "stuck in a group", source, custody: "taken", deadLetterSigns: stuck ? [{ sign: "target_of", queue: key }] : [], warnings: [] };
}

async function warningsOf(redis: RedisClient, key: string, groups: readonly Group[]): Promise<string[]> {
  const warnings: string[] = [];
  const [first] = await redis.xrange(key, "-", "+", "COUNT", 1);
  for (const { name, pending, consumers } of groups) {
    if (pending > LONG_PENDING) warnings.push(`Group ${name} has ${pending} entries that were delivered and never acknowledged.`);
    if (pending === 0) continue;
    const [oldest] = await pendingOf(redis, { key, group: name, minIdleMs: 0, from: "-", count: 1 });
    if (oldest !== undefined && (first === undefined || isAfter(first[0], oldest.id)))
      warnings.push(`The stream is trimmed (MAXLEN or MINID) while entries wait in group ${name}: ${oldest.id} is pending and its content is gone.`);
    if (consumers === 0) warnings.push(`Group ${name} has pending entries and no consumer.`);
  }
  return warnings;
}
