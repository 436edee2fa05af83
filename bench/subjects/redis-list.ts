import { Redis } from "ioredis";
import { redisList } from "#core/brokers/redis-list.ts";
import { startRedis } from "#test/brokers/redis.ts";
import { openSession } from "#workers/adapters/index.ts";
import type { Subject } from "./subject.ts";

const AT_ONCE = 500;

/** Lists, every write on the disk before its answer. */
export const redisListSubject: Subject = {
  kind: "redis-list",
  async open() {
    const { host, port, password, stop } = await startRedis();
    const redis = new Redis({ host, port, password });
    const session = await openSession({
      kind: "redis-list",
      name: "bench",
      settings: JSON.stringify(redisList.settings.parse({ host, port })),
      secrets: JSON.stringify({ password }),
      signal: AbortSignal.timeout(20_000),
    });
    return {
      session,
      async place() {
        const key = `bench:${crypto.randomUUID()}`;
        return {
          source: JSON.stringify({ queue: key }),
          target: { kind: "redis-list", key, end: "left" },
          native: { transport: "redis-list", queue: "bench:dead", envelope: "plain", id: null, score: null, fields: [] },
          headers: [],
          async rawPublish(bodies) {
            for (let at = 0; at < bodies.length; at += AT_ONCE) await redis.lpush(key, ...bodies.slice(at, at + AT_ONCE));
          },
          // taken into a processing list and removed there, as a reliable consumer has to
          async rawConsume(count) {
            let got = 0;
            while (got < count) {
              const taking = redis.pipeline();
              for (let n = 0; n < AT_ONCE; n++) taking.lmove(key, `${key}:processing`, "RIGHT", "LEFT");
              const taken = ((await taking.exec()) ?? []).filter(([, element]) => element !== null).length;
              await redis.del(`${key}:processing`);
              if (taken === 0) break;
              got += taken;
            }
            return got;
          },
        };
      },
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        redis.disconnect();
        await stop();
      },
    };
  },
};
