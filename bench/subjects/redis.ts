import { Redis } from "ioredis";
import { manifests } from "#core/brokers/index.ts";
import { startRedis } from "#test/brokers/redis.ts";
import { openSession } from "#workers/adapters/index.ts";
import type { BenchPlace, Subject } from "./subject.ts";

/** A part of what is sent or read at once by the bare client. */
export const AT_ONCE = 500;

/** A subject on a Redis of its own, every write on the disk before its answer. */
export const redisSubject = (kind: "redis-list" | "redis-stream", place: (redis: Redis) => Promise<BenchPlace>): Subject => ({
  kind,
  async open() {
    const { host, port, password, stop } = await startRedis();
    const redis = new Redis({ host, port, password });
    const session = await openSession({
      kind,
      name: "bench",
      settings: JSON.stringify(manifests[kind].settings.parse({ host, port })),
      secrets: JSON.stringify({ password }),
      signal: AbortSignal.timeout(20_000),
    });
    return {
      session,
      place: () => place(redis),
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        redis.disconnect();
        await stop();
      },
    };
  },
});
