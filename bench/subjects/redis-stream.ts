import { Redis } from "ioredis";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { startRedis } from "#test/brokers/redis.ts";
import { openSession } from "#workers/adapters/index.ts";
import type { Subject } from "./subject.ts";

const AT_ONCE = 500;
const GROUP = "bench";

type Read = [stream: string, entries: [id: string, fields: string[]][]][] | null;

/** Streams, every write on the disk before its answer. */
export const redisStreamSubject: Subject = {
  kind: "redis-stream",
  async open() {
    const { host, port, password, stop } = await startRedis();
    const redis = new Redis({ host, port, password });
    const session = await openSession({
      kind: "redis-stream",
      name: "bench",
      settings: JSON.stringify(redisStream.settings.parse({ host, port })),
      secrets: JSON.stringify({ password }),
      signal: AbortSignal.timeout(20_000),
    });
    return {
      session,
      async place() {
        const key = `bench:${crypto.randomUUID()}`;
        await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
        return {
          source: JSON.stringify({ queue: key }),
          target: { kind: "redis-stream", key },
          native: { transport: "redis-stream", queue: "bench:dead", entryId: "0-1", body: { field: "payload", at: 0 }, pending: null },
          headers: [],
          async rawPublish(bodies) {
            for (let at = 0; at < bodies.length; at += AT_ONCE) {
              const adding = redis.pipeline();
              for (const body of bodies.slice(at, at + AT_ONCE)) adding.xadd(key, "*", "payload", body);
              for (const [error] of (await adding.exec()) ?? []) if (error !== null) throw error;
            }
          },
          async rawConsume(count) {
            let got = 0;
            while (got < count) {
              const read = (await redis.xreadgroup("GROUP", GROUP, "bench", "COUNT", AT_ONCE, "STREAMS", key, ">")) as Read;
              const ids = read?.[0]?.[1].map(([id]) => id) ?? [];
              if (ids.length === 0) break;
              await redis.xack(key, GROUP, ...ids);
              got += ids.length;
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
