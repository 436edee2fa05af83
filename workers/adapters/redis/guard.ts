import { before } from "#core/brokers/deadline.ts";
import type { GuardEntry, GuardStore, GuardVerdict } from "#core/route/guard.ts";
import { faultOf } from "./faults.ts";
import { openLink, type RedisAccess } from "./link.ts";

const DEADLINE_MS = 3_000;

// A key holds `held:<owner>` with the lease as its expiry, or `done:<owner>` with the memory's. Each script touches one key, so a
// cluster may have it anywhere; a script runs alone, so there is no moment between its look and its write.
const CLAIM = `local v = redis.call('GET', KEYS[1])
if v and v ~= 'held:' .. ARGV[1] then return v end
redis.call('SET', KEYS[1], 'held:' .. ARGV[1], 'PX', ARGV[2])
return 'claimed'`;
const COMPLETE = `local v = redis.call('GET', KEYS[1])
if v and string.sub(v, 1, 5) == 'done:' then return v end
redis.call('SET', KEYS[1], 'done:' .. ARGV[1], 'EX', ARGV[2])
return 'completed'`;
const RELEASE = `if redis.call('GET', KEYS[1]) == 'held:' .. ARGV[1] then redis.call('DEL', KEYS[1]) end
return 'released'`;

export type RedisGuardStore = GuardStore & { readonly lost: Promise<never>; close(): void };

/**
 * A guard's keys in Redis, `redrive:guard:<routeId>:<key>`; the user needs `get set del eval` on them. Remembers as well as this
 * Redis keeps what it answered: without an append-only file, or with a policy that evicts, keys are lost. Throws Fault.
 */
export async function openRedisGuard(access: RedisAccess, routeId: string): Promise<RedisGuardStore> {
  const { redis, lost, close } = await openLink(access);
  const run = async (script: string, { key, owner }: GuardEntry, argument: number | null): Promise<string> =>
    String(await redis.eval(script, 1, `redrive:guard:${routeId}:${key}`, owner, ...(argument === null ? [] : [argument])));
  const all = async (script: string, entries: readonly GuardEntry[], argument: number | null): Promise<string[]> => {
    try {
      // sent at once in their order, so that of a key that repeats the first counts
      return await before(Promise.all(entries.map((entry) => run(script, entry, argument))), AbortSignal.timeout(DEADLINE_MS), "the guard's Redis does not answer");
    } catch (error) {
      throw faultOf(error);
    }
  };
  return {
    claim: async (entries, leaseMs) => (await all(CLAIM, entries, Math.ceil(leaseMs))).map(verdictOf),
    complete: async (entries, ttlSeconds) => void (await all(COMPLETE, entries, Math.ceil(ttlSeconds))),
    release: async (entries) => void (await all(RELEASE, entries, null)),
    lost,
    close,
  };
}

function verdictOf(value: string): GuardVerdict {
  if (value === "claimed") return "claimed";
  if (value.startsWith("done:")) return { completedBy: value.slice(5) };
  if (value.startsWith("held:")) return { heldBy: value.slice(5) };
  throw new Error(`a key of the guard holds what Redrive did not write`);
}
