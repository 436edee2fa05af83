import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { nextBatch } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRedis, type RedisAddress } from "#test/brokers/redis.ts";
import { stick, streamAccess } from "#test/brokers/redis-stream-harness.ts";
import { connectRedisStream } from "./connect.ts";

const { server } = await onDemand<RedisAddress>("redis");
const GROUP = "workers";
const LIMITS = { maxBytes: 1e6, maxCount: 1, maxWaitMs: 20 };

describe.skipIf(server === null)("entries stuck in a group", () => {
  let redis: Redis;
  let session: Session<typeof redisStream>;
  beforeAll(async () => {
    if (server === null) return;
    redis = openRedis(server);
    await redis.connect();
    session = await connectRedisStream({ name: "stuck.test", ...streamAccess(server), signal: AbortSignal.timeout(10_000) });
  });
  afterAll(async () => {
    redis?.disconnect();
    await session?.[Symbol.asyncDispose]();
  });

  async function captured(late: (key: string, id: string) => Promise<unknown>): Promise<readonly string[]> {
    const key = `stuck:${crypto.randomUUID()}`;
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    const id = String(await redis.xadd(key, "*", "payload", "one"));
    await stick(redis, key);
    const source = redisStream.source.parse({ queue: key, stuckIn: GROUP, minIdleMs: 1_000 });
    const stop = new AbortController();
    const batches = session.capture(source, null, LIMITS, stop.signal)[Symbol.asyncIterator]();
    const batch = await nextBatch(batches);
    expect(batch.deaths[0]?.native).toMatchObject({ entryId: id, pending: { group: GROUP, consumer: "gone", deliveries: "9" } });
    await late(key, id);
    await batch.accept();
    expect(await redis.xpending(key, GROUP)).toMatchObject([0, null, null, null]);
    const told = await Promise.race([nextBatch(batches), new Promise<null>((resolve) => setTimeout(() => resolve(null), 1_500).unref())]);
    stop.abort();
    return told?.notices ?? [];
  }

  test("a consumer that takes its entry back while it is stored is told of", async () => {
    const notices = await captured((key, id) => redis.xclaim(key, GROUP, "worker-1", 0, id));
    expect(notices).toEqual([expect.stringMatching(/^Consumer worker-1 of workers took entry .* back while it was being stored/)]);
  });

  test("one that acknowledges it is told of", async () => {
    const notices = await captured((key, id) => redis.xack(key, GROUP, id));
    expect(notices).toEqual([expect.stringMatching(/^Entry .* was acknowledged in workers by somebody else/)]);
  });

  test("nothing is told where nobody came back", async () => {
    expect(await captured(async () => undefined)).toEqual([]);
  });

  test("an entry that is being worked on is left alone", async () => {
    const key = `stuck:${crypto.randomUUID()}`;
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    const id = String(await redis.xadd(key, "*", "payload", "busy"));
    await stick(redis, key);
    await redis.xclaim(key, GROUP, "worker-1", 0, id);
    const source = redisStream.source.parse({ queue: key, stuckIn: GROUP, minIdleMs: 60_000 });
    expect(await session.depth([source], AbortSignal.timeout(5_000))).toMatchObject([{ kind: "exact", ready: 0, inFlight: 1 }]);
    for await (const _batch of session.capture(source, null, LIMITS, AbortSignal.timeout(1_000))) throw new Error("an entry in work was taken");
    expect(await redis.xpending(key, GROUP, "-", "+", 1)).toMatchObject([[id, "worker-1", expect.any(Number), expect.any(Number)]]);
  });
});
