import type { Redis } from "ioredis";
import { z } from "zod";
import { FAULT_CODES } from "#core/fault.ts";
import { REMEMBERED_DAYS } from "#core/publication.ts";
import { StoreDown, type Claim, type IdempotencyStore, type ProducerKey } from "./store.ts";

/** How long a request waits for Redis, which may be starting again. */
const PATIENCE_MS = 2_000;
const RECONNECT_MS = 500;
const REMEMBERED_SECONDS = REMEMBERED_DAYS * 86_400;

// A key holds `held:<owner>` with the lease as its expiry, or `done:<publication as JSON>` with the memory's. A script runs alone, so
// there is no moment between its look and its write.
const CLAIM = `local v = redis.call('GET', KEYS[1])
if v then return v end
redis.call('SET', KEYS[1], 'held:' .. ARGV[1], 'PX', ARGV[2])
return 'claimed'`;
const COMPLETE = `local v = redis.call('GET', KEYS[1])
if not v or string.sub(v, 1, 5) ~= 'done:' then redis.call('SET', KEYS[1], 'done:' .. ARGV[1], 'EX', ARGV[2]) end
return 'completed'`;
const RELEASE = `if redis.call('GET', KEYS[1]) == 'held:' .. ARGV[1] then redis.call('DEL', KEYS[1]) end
return 'released'`;

const publication = z.object({
  id: z.uuid(),
  state: z.enum(["confirmed", "refused"]),
  requestHash: z.string(),
  receipt: z.string().nullable(),
  faultCode: z.enum(FAULT_CODES).nullable(),
  faultDetail: z.string().nullable(),
});

/**
 * Producers' keys in a Redis, `redrive:idempotency:<api key's id>:<key>`; the user needs `get set del eval` on them. Connects at the
 * first request and anew after a loss. `url` is redis: or rediss:, with user, password and database.
 */
export function redisStore(url: string): IdempotencyStore {
  let opening: Promise<Redis> | null = null;
  const run = async (script: string, { apiKeyId, idempotencyKey }: ProducerKey, ...args: (string | number)[]): Promise<string> => {
    try {
      const redis = await (opening ??= connect(url));
      return String(await redis.eval(script, 1, `redrive:idempotency:${apiKeyId}:${idempotencyKey}`, ...args));
    } catch (error) {
      throw new StoreDown(error);
    }
  };
  return {
    claim: async (key, owner, leaseMs) => claimOf(await run(CLAIM, key, owner, leaseMs)),
    complete: async (key, ended) => void (await run(COMPLETE, key, JSON.stringify(ended), REMEMBERED_SECONDS)),
    release: async (key, owner) => void (await run(RELEASE, key, owner)),
    close: () => void opening?.then((redis) => redis.disconnect()).catch(() => undefined),
  };
}

async function connect(url: string): Promise<Redis> {
  // loaded here, so that a web whose keys are in Postgres never has it
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, {
    connectionName: "redrive-web",
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    // every failed connect fails what waits for it; what was under way when a connection broke is not sent again by itself
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => RECONNECT_MS,
  });
  // each request that fails says so
  redis.on("error", () => undefined);
  return redis;
}

function claimOf(value: string): Claim {
  if (value === "claimed") return "claimed";
  if (value.startsWith("held:")) return "held";
  try {
    if (value.startsWith("done:")) return { ended: publication.parse(JSON.parse(value.slice(5))) };
  } catch {
    // told below
  }
  throw new StoreDown(new Error("a key holds what Redrive did not write"));
}
