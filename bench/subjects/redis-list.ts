import { AT_ONCE, redisSubject } from "./redis.ts";

/** Lists. The bare client takes into a processing list and removes there, as a reliable consumer has to. */
export const redisListSubject = redisSubject("redis-list", async (redis) => {
  const key = `bench:${crypto.randomUUID()}`;
  return {
    source: JSON.stringify({ queue: key }),
    target: { kind: "redis-list", key, end: "left" },
    native: { transport: "redis-list", queue: "bench:dead", envelope: "plain", id: null, score: null, fields: [] },
    headers: [],
    async rawPublish(bodies) {
      for (let at = 0; at < bodies.length; at += AT_ONCE) await redis.lpush(key, ...bodies.slice(at, at + AT_ONCE));
    },
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
});
