import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { collect } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRedis, startRedis, type RedisAddress, type TestRedis } from "#test/brokers/redis.ts";
import { stick, streamAccess } from "#test/brokers/redis-stream-harness.ts";
import { connectRedisStream } from "./connect.ts";

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
    const commands = redisStream.permissions.flatMap((line) => line.match(/\+[a-z]+/g) ?? []).filter((command) => command !== `+${without}`);
    await redis.call("ACL", "SETUSER", "redrive", "reset", "on", ">sesame", "~app:*", ...commands);
    const { settings, secrets } = streamAccess(server);
    return connectRedisStream({ name: "permissions.test", settings: { ...settings, username: "redrive", keys: "app:*" }, secrets, signal: soon() });
  };

  test("can do everything", async () => {
    await redis.xgroup("CREATE", "app:orders", "workers", "0", "MKSTREAM");
    await redis.xadd("app:orders", "*", "payload", "stuck");
    await stick(redis, "app:orders", "workers");
    await redis.xadd("app:orders:dlq", "*", "payload", "dead");
    await using session = await open(null);
    await session.ping(soon());
    const [dead, stuck] = [redisStream.source.parse({ queue: "app:orders:dlq" }), redisStream.source.parse({ queue: "app:orders", stuckIn: "workers", minIdleMs: 1_000 })];
    expect((await session.discover(soon())).map(({ name }) => name)).toEqual(["app:orders", "app:orders (stuck in workers)", "app:orders:dlq"]);
    expect(await session.depth([dead, stuck], soon())).toMatchObject([{ ready: 1 }, { ready: 1 }]);
    for (const source of [dead, stuck]) expect((await collect(session, source, 1)).deaths).toHaveLength(1);
    const native = { transport: "redis-stream", queue: "x", entryId: "0-1", body: { field: "payload", at: 0 }, pending: null } as const;
    const [outcome] = await session.publish([{ attemptId: crypto.randomUUID(), body: Buffer.from("again"), headers: [], native }], { kind: "redis-stream", key: "app:orders" }, soon());
    expect(outcome?.status).toBe("confirmed");
  });

  test("a right that is missing is told as such", async () => {
    await using session = await open("xpending");
    const stuck = redisStream.source.parse({ queue: "app:orders", stuckIn: "workers" });
    expect(await session.depth([stuck], soon())).toMatchObject([{ kind: "unknown", fault: { code: "unauthorised", detail: expect.stringContaining("xpending") } }]);
  });
});
