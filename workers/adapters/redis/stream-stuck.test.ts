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
    expect(JSON.parse(batch.cursor ?? "")).toMatchObject({ unsettled: [id] });
    await late(key, id);
    const found = await batch.accept();
    expect(await redis.xpending(key, GROUP)).toMatchObject([0, null, null, null]);
    expect(JSON.parse(found?.cursor ?? "")).toMatchObject({ unsettled: [] });
    stop.abort();
    return found?.notices ?? [];
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

  /** What a capture that goes on where another one was killed tells first. */
  async function toldAfterDeath(late: (key: string, id: string) => Promise<unknown>): Promise<readonly string[]> {
    const key = `stuck:${crypto.randomUUID()}`;
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    const id = String(await redis.xadd(key, "*", "payload", "one"));
    await stick(redis, key);
    const source = redisStream.source.parse({ queue: key, stuckIn: GROUP, minIdleMs: 1_000 });
    const dying = session.capture(source, null, LIMITS, AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
    const { cursor } = await nextBatch(dying);
    await dying.return?.();
    await late(key, id);
    const after = session.capture(source, cursor, LIMITS, AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
    const { deaths, notices } = await nextBatch(after);
    await after.return?.();
    return deaths.length > 0 ? ["it came again"] : (notices ?? []);
  }

  test("what became of an entry whose worker died before it could tell is told by the next one", async () => {
    expect(await toldAfterDeath((key, id) => redis.xclaim(key, GROUP, "worker-1", 0, id))).toEqual([expect.stringMatching(/^Consumer worker-1 of workers took entry .* back while it was being stored/)]);
    expect(await toldAfterDeath((key, id) => redis.xack(key, GROUP, id))).toEqual([expect.stringMatching(/^A worker ended while it acknowledged entry .* of workers\. Whether it did, or a consumer that came back, is not known/)]);
    expect(await toldAfterDeath(async () => undefined)).toEqual(["it came again"]);
  });

  test("a consumer that was silent is noted before its entry is taken over, and told of when it is back", { timeout: 30_000 }, async () => {
    const key = `stuck:${crypto.randomUUID()}`;
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    const id = String(await redis.xadd(key, "*", "payload", "one"));
    await redis.xreadgroup("GROUP", GROUP, "frozen", "COUNT", 1, "STREAMS", key, ">");
    await redis.call("XCLAIM", key, GROUP, "frozen", 0, id, "RETRYCOUNT", 9, "JUSTID");
    const source = redisStream.source.parse({ queue: key, stuckIn: GROUP, minIdleMs: 1_000 });
    const first = session.capture(source, null, LIMITS, AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
    const noted = await nextBatch(first);
    expect(noted.deaths).toEqual([]);
    expect(JSON.parse(noted.cursor ?? "")).toMatchObject({ silent: [{ consumer: "frozen", ids: [id] }] });
    expect(await redis.xpending(key, GROUP, "-", "+", 1)).toMatchObject([[id, "frozen", expect.any(Number), expect.any(Number)]]);
    const taking = nextBatch(first);
    await noted.accept();
    const taken = await taking;
    expect(taken.deaths).toHaveLength(1);
    const cursor = (await taken.accept())?.cursor ?? null;
    await first.return?.();

    // nobody captures while it comes back; it acknowledges what is not its own any more
    await redis.xack(key, GROUP, id);
    await redis.xadd(key, "*", "payload", "another");
    await redis.xreadgroup("GROUP", GROUP, "frozen", "COUNT", 1, "STREAMS", key, ">");
    const second = session.capture(source, cursor, LIMITS, AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
    const told = await nextBatch(second);
    expect(told.notices).toEqual([`Consumer frozen of workers is back. It had been silent when its entries were being taken over (${id}): it may have processed them as well.`]);
    expect(JSON.parse(told.cursor ?? "")).toEqual({ unsettled: [], silent: [] });
    await second.return?.();
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
