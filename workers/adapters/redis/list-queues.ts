import type { DeadLetterSign, Depth, DiscoveredQueue } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { redisList } from "#core/brokers/redis-list.ts";
import { sourceName } from "#core/brokers/source-name.ts";
import { Fault } from "#core/fault.ts";
import { faultOf } from "./faults.ts";
import { keysOf, signsOfKey } from "./keys.ts";
import type { RedisClient } from "./link.ts";
import type { ListSource } from "./list-element.ts";
import { hygieneOf } from "./hygiene.ts";
import { isOwnKey, placesOf } from "./list-places.ts";
import { COUNT } from "./list-scripts.ts";
import { envelopeOf, isAsynq, isTakeable } from "./list-types.ts";
import { run } from "./lua.ts";

/** One depth a source, in order: what waits, and what was taken and is not stored yet. */
export const listDepths = (redis: RedisClient, cluster: boolean, sources: readonly ListSource[], signal: AbortSignal): Promise<readonly Depth[]> =>
  before(Promise.all(sources.map((source) => depthOf(redis, cluster, source).catch((error: unknown): Depth => ({ kind: "unknown", fault: faultOf(error) })))), signal, "Redis did not answer in time").catch(
    (error: unknown) => {
      throw faultOf(error);
    },
  );

async function depthOf(redis: RedisClient, cluster: boolean, source: ListSource): Promise<Depth> {
  const { taken, length, kind } = await countIn(redis, cluster, source.queue);
  if (!isTakeable(source, kind)) throw new Fault("invalid", `the key ${source.queue} holds a ${kind}`);
  return { kind: "exact", ready: length + taken, inFlight: taken, consumers: null };
}

async function countIn(redis: RedisClient, cluster: boolean, key: string): Promise<{ kind: string; length: number; taken: number }> {
  const { arriving, taken } = placesOf(key, cluster);
  const [kind, length, came, held] = (await run(redis, COUNT, [key, arriving, taken], [])) as [Buffer, number, number, number];
  return { kind: kind.toString(), length: length + came, taken: held };
}

/** Every list and sorted set that matches the patterns; empty ones are not there for Redis. */
export async function discoverLists(redis: RedisClient, cluster: boolean, patterns: string, signal: AbortSignal): Promise<DiscoveredQueue<ListSource>[]> {
  const hygiene = await hygieneOf(redis);
  const found: DiscoveredQueue<ListSource>[] = [];
  for (const type of ["list", "zset"] as const)
    for (const key of await keysOf(redis, patterns, type, signal)) if (!isOwnKey(key)) found.push(await described(redis, cluster, key, type, hygiene));
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function described(redis: RedisClient, cluster: boolean, key: string, type: "list" | "zset", hygiene: readonly string[]): Promise<DiscoveredQueue<ListSource>> {
  const envelope = envelopeOf(key, type);
  const source = redisList.source.parse({ queue: key, ...(envelope === null ? {} : { envelope }) });
  const signs = envelope === null ? signsOfKey(key) : [await signOf(redis, key, envelope)];
  const warnings: string[] = [];
  if (isAsynq(key)) warnings.push("asynq's sets hold ids of tasks whose content lies elsewhere; Redrive does not capture them.");
  if (envelope !== null) warnings.push(...(LIFETIME[envelope] ?? []));
  const counted = await countIn(redis, cluster, key).catch((error: unknown) => faultOf(error));
  if (counted instanceof Fault) warnings.push(`It can not be captured: ${counted.detail}.`);
  else if (counted.taken > 0) warnings.push(`${counted.taken} were taken by Redrive and are not stored yet.`);
  if (signs.length > 0) warnings.push(...hygiene);
  return { name: sourceName("redis-list", source), type: envelope === null ? type : `${envelope}, ${type}`, source, custody: "taken", deadLetterSigns: signs, warnings };
}

/** What makes it a place of the dead: the library's own queue beside it, or its name alone. */
async function signOf(redis: RedisClient, key: string, envelope: ListSource["envelope"]): Promise<DeadLetterSign> {
  const beside: Readonly<Partial<Record<ListSource["envelope"], readonly [beside: string, queue: string]>>> = {
    bullmq: [key.replace(/failed$/, "meta"), key.replace(/failed$/, "wait")],
    rq: [key.replace(/failed:.+$/, "queues"), key.replace(/failed:/, "queue:")],
    dramatiq: [`${key}.msgs`, key.replace(/\.XQ$/, "")],
    sidekiq: [key.replace(/(dead|retry)$/, "queues"), key.replace(/(dead|retry)$/, "queue:*")],
  };
  const [besideKey, queue] = beside[envelope] ?? [];
  return besideKey !== undefined && queue !== undefined && (await redis.exists(besideKey)) === 1 ? { sign: "target_of", queue } : { sign: "name" };
}

const LIFETIME: Readonly<Partial<Record<ListSource["envelope"], readonly string[]>>> = {
  sidekiq: ["Sidekiq drops dead jobs after 180 days, and the oldest beyond 10,000, without a word."],
  dramatiq: ["Dramatiq drops dead messages after seven days, unless dead_message_ttl says otherwise."],
  rq: ["RQ drops failed jobs after a year, unless failure_ttl says otherwise."],
  bullmq: ["BullMQ keeps as many failed jobs as removeOnFail says; what it removed is not here."],
};
