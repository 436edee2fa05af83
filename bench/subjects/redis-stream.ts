import { AT_ONCE, redisSubject } from "./redis.ts";

const GROUP = "bench";

type Read = [stream: string, entries: [id: string, fields: string[]][]][] | null;

/** Streams, read with a group and acknowledged. */
export const redisStreamSubject = redisSubject("redis-stream", async (redis) => {
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
});
