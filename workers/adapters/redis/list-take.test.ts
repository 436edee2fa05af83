import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import { redisList } from "#core/brokers/redis-list.ts";
import { nextBatch } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { listAccess } from "#test/brokers/redis-list-harness.ts";
import { openRedis, type RedisAddress } from "#test/brokers/redis.ts";
import { connectRedisList } from "./connect-list.ts";

const { server } = await onDemand<RedisAddress>("redis");
const LIMITS = { maxBytes: 64 * 1024, maxCount: 100, maxWaitMs: 20 };
const soon = (): AbortSignal => AbortSignal.timeout(20_000);

describe.skipIf(server === null)("taking from a list", () => {
  let redis: Redis;
  let session: Session<typeof redisList>;
  beforeAll(async () => {
    if (server === null) return;
    redis = openRedis(server);
    await redis.connect();
    session = await connectRedisList({ name: "take.test", ...listAccess(server), signal: soon() });
  });
  afterAll(async () => {
    redis?.disconnect();
    await session?.[Symbol.asyncDispose]();
  });
  const newKey = (): string => `take:${crypto.randomUUID()}`;

  test.each(["list", "zset"])("oldest first, whole, and within the limits, however sizes jump (%s)", async (type) => {
    const queue = newKey();
    const bodies = Array.from({ length: 400 }, (_, n) => Buffer.from(`${n}:`.padEnd(n % 50 === 49 ? 40_000 : 20, "x")));
    for (const [score, body] of bodies.entries()) await (type === "list" ? redis.lpush(queue, body) : redis.zadd(queue, score, body));
    const came: string[] = [];
    const stop = new AbortController();
    for await (const { deaths, accept } of session.capture(redisList.source.parse({ queue }), null, LIMITS, AbortSignal.any([stop.signal, soon()]))) {
      const sizes = deaths.map(({ body }) => body.length);
      expect(deaths.length).toBeLessThanOrEqual(LIMITS.maxCount);
      expect(sizes.length === 1 || sizes.reduce((sum, size) => sum + size, 0) <= LIMITS.maxBytes).toBe(true);
      came.push(...deaths.map(({ body }) => Buffer.from(body).toString()));
      await accept();
      if (came.length >= bodies.length) stop.abort();
    }
    expect(came).toEqual(bodies.map(String));
    expect(await redis.exists(queue, `redrive:taken:{${queue}}`)).toBe(0);
  });

  test("what another one left is handed out under its ids, oldest first, while new elements wait; what is no element blocks nobody", async () => {
    const queue = newKey();
    const taken = `redrive:taken:{${queue}}`;
    await redis.hset(taken, { "0m-a:2": "3:two0:", "0m-a:10": "3:ten0:", "0l-b:1": "3:one0:", "0n-c:1": "somebody wrote here" });
    await redis.lpush(queue, "new");
    const batches = session.capture(redisList.source.parse({ queue }), null, LIMITS, soon())[Symbol.asyncIterator]();
    const left = await nextBatch(batches);
    expect(left.deaths.map(({ identity, body }) => [identity.kind === "exact" && identity.id, Buffer.from(body).toString()])).toEqual([["0l-b:1", "one"], ["0m-a:2", "two"], ["0m-a:10", "ten"], ["0n-c:1", "somebody wrote here"]]);
    expect(await session.depth([redisList.source.parse({ queue })], soon())).toMatchObject([{ ready: 5, inFlight: 4 }]);
    await left.accept();
    const next = await nextBatch(batches);
    expect(next.deaths.map(({ body }) => Buffer.from(body).toString())).toEqual(["new"]);
    await next.accept();
    expect(await redis.exists(taken)).toBe(0);
    await batches.return?.(undefined);
  });

  test("what is left behind later than a capture began is found by it", { timeout: 30_000 }, async () => {
    const queue = newKey();
    const batches = session.capture(redisList.source.parse({ queue }), null, LIMITS, soon())[Symbol.asyncIterator]();
    await redis.lpush(queue, "first");
    await (await nextBatch(batches)).accept();
    // the last take of a capture that had been stopped reaches the server only now
    await redis.hset(`redrive:taken:{${queue}}`, "0m-late:1", "4:late0:");
    const late = await nextBatch(batches);
    expect(late.deaths.map(({ identity }) => identity)).toEqual([{ kind: "exact", id: "0m-late:1" }]);
    await late.accept();
    await batches.return?.(undefined);
  });
});
