import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisList } from "#core/brokers/redis-list.ts";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { collect } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { listAccess } from "#test/brokers/redis-list-harness.ts";
import { stick, streamAccess } from "#test/brokers/redis-stream-harness.ts";
import { openRedis, startRedis, type RedisAddress, type TestRedis } from "#test/brokers/redis.ts";
import { connectRedisList } from "./connect-list.ts";
import { connectRedisStream } from "./connect.ts";
import { openRedisGuard } from "./guard.ts";

const { server: available } = await onDemand<RedisAddress>("redis");
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const LIST_KEYS = ["~redrive:*", "~app:*", "~rq:*", "~bull:*", "~dramatiq:*", "~dead", "~queue*"];

describe.skipIf(available === null)("a login with what the manifest lists and nothing else", () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = openRedis(server);
    await redis.connect();
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  /** Makes the login, without one of the listed rights if one is named. */
  async function allow({ permissions }: { readonly permissions: readonly string[] }, keys: readonly string[], without: string | null): Promise<{ name: string; username: string }> {
    const commands = permissions.flatMap((line) => line.match(/\+[a-z]+/g) ?? []).filter((command) => command !== `+${without}`);
    await redis.call("ACL", "SETUSER", "redrive", "reset", "on", ">sesame", ...keys, ...commands);
    return { name: "permissions.test", username: "redrive" };
  }
  async function openList(without: string | null) {
    const { name, username } = await allow(redisList, LIST_KEYS, without);
    const { settings, secrets } = listAccess(server);
    return connectRedisList({ name, settings: { ...settings, username, keys: "app:*" }, secrets, signal: soon() });
  }
  async function openStream(without: string | null) {
    const { name, username } = await allow(redisStream, ["~streams:*"], without);
    const { settings, secrets } = streamAccess(server);
    return connectRedisStream({ name, settings: { ...settings, username, keys: "streams:*" }, secrets, signal: soon() });
  }

  test("can capture, measure, list and push lists", async () => {
    await redis.rpush("app:dead", "one");
    await redis.zadd("app:dead:set", 1, "two");
    await redis.hset("rq:job:j", "data", "x", "origin", "default");
    await redis.zadd("rq:failed:default", 1, "j");
    await redis.xadd("rq:results:j", "*", "type", "2", "exc_string", "");
    await using session = await openList(null);
    await session.ping(soon());
    expect((await session.discover(soon())).map(({ name }) => name)).toEqual(["app:dead", "app:dead:set"]);
    const [list, set, rq] = [redisList.source.parse({ queue: "app:dead" }), redisList.source.parse({ queue: "app:dead:set" }), redisList.source.parse({ queue: "rq:failed:default", envelope: "rq" })];
    expect(await session.depth([list, set, rq], soon())).toMatchObject([{ ready: 1 }, { ready: 1 }, { ready: 1 }]);
    const deaths = await Promise.all([list, set, rq].map(async (source) => (await collect(session, source, 1)).deaths[0]));
    const [job] = deaths.slice(2);
    if (job === undefined) throw new Error("the job was not captured");
    const sent = { attemptId: crypto.randomUUID(), body: job.body, headers: [], native: job.native };
    expect(await session.publish([sent], { kind: "redis-list", key: "rq:queue:default", end: "right" }, soon())).toMatchObject([{ status: "confirmed" }]);
    // a list that is waited for needs the server's own move as well
    const reading = collect(session, list, 1);
    await redis.rpush("app:dead", "later");
    expect((await reading).deaths).toHaveLength(1);
  });

  test("can capture, measure, list and add to streams", async () => {
    await redis.xgroup("CREATE", "streams:orders", "workers", "0", "MKSTREAM");
    await redis.xadd("streams:orders", "*", "payload", "stuck");
    await stick(redis, "streams:orders", "workers");
    await redis.xadd("streams:orders:dlq", "*", "payload", "dead");
    await using session = await openStream(null);
    await session.ping(soon());
    const [dead, stuck] = [redisStream.source.parse({ queue: "streams:orders:dlq" }), redisStream.source.parse({ queue: "streams:orders", stuckIn: "workers", minIdleMs: 1_000 })];
    expect((await session.discover(soon())).map(({ name }) => name)).toEqual(["streams:orders", "streams:orders (stuck in workers)", "streams:orders:dlq"]);
    expect(await session.depth([dead, stuck], soon())).toMatchObject([{ ready: 1 }, { ready: 1 }]);
    for (const source of [dead, stuck]) expect((await collect(session, source, 1)).deaths).toHaveLength(1);
    const native = { transport: "redis-stream", queue: "x", entryId: "0-1", body: { field: "payload", at: 0 }, pending: null } as const;
    const [outcome] = await session.publish([{ attemptId: crypto.randomUUID(), body: Buffer.from("again"), headers: [], native }], { kind: "redis-stream", key: "streams:orders" }, soon());
    expect(outcome?.status).toBe("confirmed");
  });

  test.each([
    ["redis-list", redisList],
    ["redis-stream", redisStream],
  ])("can keep the keys of a route's guard (%s)", async (_, manifest) => {
    const { name, username } = await allow(manifest, ["~redrive:guard:*"], null);
    const { settings, secrets } = listAccess(server);
    const guard = await openRedisGuard({ name, settings: { ...settings, username }, secrets, signal: soon() }, "a-route");
    const entry = { key: crypto.randomUUID(), owner: "me" };
    expect(await guard.claim([entry], 5_000)).toEqual(["claimed"]);
    await guard.release([entry]);
    expect(await guard.claim([{ ...entry, owner: "other" }], 5_000)).toEqual(["claimed"]);
    await guard.complete([{ ...entry, owner: "other" }], 60);
    expect(await guard.claim([entry], 5_000)).toEqual([{ completedBy: "other" }]);
    guard.close();
  });

  test("a right that is missing is told as such", async () => {
    await using session = await openStream("xpending");
    const stuck = redisStream.source.parse({ queue: "streams:orders", stuckIn: "workers" });
    expect(await session.depth([stuck], soon())).toMatchObject([{ kind: "unknown", fault: { code: "unauthorised", detail: expect.stringContaining("xpending") } }]);
  });

  test.each([
    ["ltrim", { queue: "app:kept:list" }],
    ["zrem", { queue: "app:kept:set" }],
    ["del", { queue: "bull:kept:failed", envelope: "bullmq" }],
    ["hdel", { queue: "dramatiq:kept.XQ", envelope: "dramatiq" }],
  ])("without %s nothing is taken, and nothing is there twice", async (right, given) => {
    const source = redisList.source.parse(given);
    if (right === "ltrim") await redis.rpush(source.queue, "stays");
    else await redis.zadd(source.queue, 1, "stays");
    await redis.hset("bull:kept:stays", "data", "1");
    await redis.hset("dramatiq:kept.XQ.msgs", "stays", "1");
    await using session = await openList(right);
    await expect(collect(session, source, 1)).rejects.toMatchObject({ name: "Fault", code: "unauthorised" });
    expect((await redis.keys("redrive:*")).filter((key) => !key.startsWith("redrive:guard:"))).toEqual([]);
    expect(right === "ltrim" ? await redis.lrange(source.queue, 0, -1) : await redis.zrange(source.queue, "0", "-1")).toEqual(["stays"]);
    expect([await redis.hget("bull:kept:stays", "data"), await redis.hget("dramatiq:kept.XQ.msgs", "stays")]).toEqual(["1", "1"]);
  });

  test.each([
    ["rpush", { kind: "redis-list", key: "rq:queue:none", end: "right" }, { envelope: "rq", queue: "rq:failed:none" }],
    ["lpush", { kind: "redis-list", key: "bull:none:wait", end: "left" }, { envelope: "bullmq", queue: "bull:none:failed" }],
    ["rpush", { kind: "redis-list", key: "dramatiq:none", end: "right" }, { envelope: "dramatiq", queue: "dramatiq:none.XQ" }],
  ] as const)("a job that can not be pushed (no %s to %o) leaves nothing behind", async (right, target, place) => {
    await redis.hset("bull:none:meta", "version", "bullmq:5.61.0");
    await using session = await openList(right);
    const native = { transport: "redis-list", id: "unpushed", score: null, fields: [], ...place } as const;
    const body = Buffer.from('{"options":{"redis_message_id":"j"}}');
    expect(await session.publish([{ attemptId: crypto.randomUUID(), body, headers: [], native }], target, soon())).toMatchObject([{ status: "refused", fault: { code: "unauthorised" } }]);
    expect(await redis.exists("rq:job:unpushed", "bull:none:unpushed", "dramatiq:none.msgs", target.key)).toBe(0);
  });
});
