import { redisStream } from "#core/brokers/redis-stream.ts";
import { openRedis, startRedis, type RedisAddress } from "#test/brokers/redis.ts";
import { stick, streamAccess } from "#test/brokers/redis-stream-harness.ts";
import { eventually } from "#test/eventually.ts";
import type { Stage } from "./stage.ts";

const KEY = "shop:orders";
const GROUP = "fulfilment";

/** Orders whose group has no dead-letter queue: what it fails on stays pending, and is captured from there. */
export const redisStreamStage: Stage<RedisAddress> = {
  kind: "redis-stream",
  async open() {
    const { stop, restart: _restart, kill9AndStart: _kill, ...address } = await startRedis();
    const redis = openRedis(address);
    await redis.connect();
    await redis.xgroup("CREATE", KEY, GROUP, "0", "MKSTREAM");
    redis.disconnect();
    return {
      address,
      connection: { name: "redis", kind: "redis-stream", ...streamAccess(address) },
      source: { connection: "redis", source: redisStream.source.parse({ queue: KEY, stuckIn: GROUP, minIdleMs: 1_000 }), custody: "taken" as const, consent: true, capture: true, watchSeconds: 60 },
      close: stop,
    };
  },
  async actors(address) {
    const redis = openRedis(address);
    await redis.connect();
    const dieAgain = (): Promise<void> => stick(redis, KEY, GROUP, "packer-1");
    return {
      async die(body) {
        await redis.xadd(KEY, "*", "type", "order.placed", "payload", body);
        await dieAgain();
      },
      async take() {
        // the group has not been given it yet: the resend is the last entry
        const fields = await eventually(async () => {
          const [entry] = await redis.xrevrangeBuffer(KEY, "+", "-", "COUNT", 1);
          const texts = entry?.[1].map((field) => field.toString()) ?? [];
          if (!texts.includes("redrive-id")) throw new Error("nothing was resent yet");
          return entry?.[1] ?? [];
        }, { timeoutMs: 30_000 });
        const pairs = fields.flatMap((field, at) => (at % 2 === 0 ? [[field.toString(), fields[at + 1] ?? Buffer.alloc(0)] as const] : []));
        return {
          body: pairs.find(([name]) => name === "payload")?.[1] ?? Buffer.alloc(0),
          headers: Object.fromEntries(pairs.map(([name, value]) => [name, value.toString()])),
          dieAgain,
        };
      },
      async [Symbol.asyncDispose]() {
        redis.disconnect();
      },
    };
  },
  async feed(address) {
    const [redis, queue] = [openRedis(address), "shop:shipments"];
    await redis.connect();
    return {
      queue,
      async put(bodies) {
        for (const body of bodies) await redis.xadd(queue, "*", "payload", body);
      },
      async [Symbol.asyncDispose]() {
        redis.disconnect();
      },
    };
  },
  told: { rule: "Redis stream, stuck in a group", failedIn: KEY, target: KEY, row: "Delivery limit reached", stamped: true },
};
