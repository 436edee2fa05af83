import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisList } from "#core/brokers/redis-list.ts";
import { collect } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRedis, startRedis, type RedisAddress, type TestRedis } from "#test/brokers/redis.ts";
import { listAccess } from "#test/brokers/redis-list-harness.ts";
import { connectRedisList } from "./connect-list.ts";

const { server: available } = await onDemand<RedisAddress>("redis");
const soon = (): AbortSignal => AbortSignal.timeout(10_000);

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

  const open = async (without: string | null) => {
    const commands = redisList.permissions.flatMap((line) => line.match(/\+[a-z]+/g) ?? []).filter((command) => command !== `+${without}`);
    await redis.call("ACL", "SETUSER", "redrive", "reset", "on", ">sesame", "~redrive:*", "~app:*", "~rq:*", "~bull:*", "~dramatiq:*", "~dead", "~queue*", ...commands);
    const { settings, secrets } = listAccess(server);
    return connectRedisList({ name: "permissions.test", settings: { ...settings, username: "redrive", keys: "app:*" }, secrets, signal: soon() });
  };

  test("can capture, measure, list and push", async () => {
    await redis.rpush("app:dead", "one");
    await redis.zadd("app:dead:set", 1, "two");
    await redis.hset("rq:job:j", "data", "x", "origin", "default");
    await redis.zadd("rq:failed:default", 1, "j");
    await redis.xadd("rq:results:j", "*", "type", "2", "exc_string", "");
    await using session = await open(null);
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
    await using session = await open(right);
    await expect(collect(session, source, 1)).rejects.toMatchObject({ name: "Fault", code: "unauthorised" });
    expect(await redis.keys("redrive:*")).toEqual([]);
    expect(right === "ltrim" ? await redis.lrange(source.queue, 0, -1) : await redis.zrange(source.queue, "0", "-1")).toEqual(["stays"]);
    expect([await redis.hget("bull:kept:stays", "data"), await redis.hget("dramatiq:kept.XQ.msgs", "stays")]).toEqual(["1", "1"]);
  });

  test.each([
    ["rpush", { kind: "redis-list", key: "rq:queue:none", end: "right" }, { envelope: "rq", queue: "rq:failed:none" }],
    ["lpush", { kind: "redis-list", key: "bull:none:wait", end: "left" }, { envelope: "bullmq", queue: "bull:none:failed" }],
    ["rpush", { kind: "redis-list", key: "dramatiq:none", end: "right" }, { envelope: "dramatiq", queue: "dramatiq:none.XQ" }],
  ] as const)("a job that can not be pushed (no %s to %o) leaves nothing behind", async (right, target, place) => {
    await redis.hset("bull:none:meta", "version", "bullmq:5.61.0");
    await using session = await open(right);
    const native = { transport: "redis-list", id: "unpushed", score: null, fields: [], ...place } as const;
    const body = Buffer.from('{"options":{"redis_message_id":"j"}}');
    expect(await session.publish([{ attemptId: crypto.randomUUID(), body, headers: [], native }], target, soon())).toMatchObject([{ status: "refused", fault: { code: "unauthorised" } }]);
    expect(await redis.exists("rq:job:unpushed", "bull:none:unpushed", "dramatiq:none.msgs", target.key)).toBe(0);
  });
});
