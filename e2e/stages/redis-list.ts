import { redisList } from "#core/brokers/redis-list.ts";
import { listAccess } from "#test/brokers/redis-list-harness.ts";
import { openRedis, startRedis, type RedisAddress } from "#test/brokers/redis.ts";
import { eventually } from "#test/eventually.ts";
import type { Stage } from "./stage.ts";

const QUEUE = "bull:shop-orders";
/** What BullMQ's worker writes into a job that failed for good. */
const FAILURE = { failedReason: "currency EURO is not known", stacktrace: '["UnknownCurrency: currency EURO is not known\\n    at charge (/srv/shop/src/charge.ts:12:9)"]', atm: "3", ats: "3", finishedOn: "1773480478123", pb: "packer-1" };

/** Orders as jobs of BullMQ: what failed for good lies in its failed set, and is captured from there. */
export const redisListStage: Stage<RedisAddress> = {
  kind: "redis-list",
  async open() {
    const { stop, restart: _restart, kill9AndStart: _kill, ...address } = await startRedis();
    const redis = openRedis(address);
    await redis.connect();
    await redis.hset(`${QUEUE}:meta`, "version", "bullmq:5.61.0");
    redis.disconnect();
    return {
      address,
      connection: { name: "lists", kind: "redis-list", ...listAccess(address) },
      source: { connection: "lists", source: redisList.source.parse({ queue: `${QUEUE}:failed`, envelope: "bullmq" }), custody: "taken" as const, consent: true, capture: true, watchSeconds: 60 },
      close: stop,
    };
  },
  async actors(address) {
    const redis = openRedis(address);
    await redis.connect();
    const fail = async (id: string): Promise<void> => {
      await redis.hset(`${QUEUE}:${id}`, FAILURE);
      await redis.multi().lrem(`${QUEUE}:wait`, 0, id).zadd(`${QUEUE}:failed`, Date.now(), id).exec();
    };
    return {
      async die(body) {
        await redis.hset(`${QUEUE}:1042`, new Map<string, string | Buffer>([["name", "order.placed"], ["data", body], ["opts", '{"attempts":3}'], ["timestamp", "1773480409123"]]));
        await fail("1042");
      },
      async take() {
        const id = await eventually(async () => {
          const waiting = await redis.lindex(`${QUEUE}:wait`, -1);
          if (waiting === null) throw new Error("nothing was resent yet");
          return waiting;
        }, { timeoutMs: 30_000 });
        return {
          body: (await redis.hgetBuffer(`${QUEUE}:${id}`, "data")) ?? Buffer.alloc(0),
          headers: await redis.hgetall(`${QUEUE}:${id}`),
          dieAgain: () => fail(id),
        };
      },
      async [Symbol.asyncDispose]() {
        redis.disconnect();
      },
    };
  },
  told: { rule: "BullMQ", failedIn: "shop-orders", target: `${QUEUE}:wait`, row: "UnknownCurrency", stamped: true },
};
