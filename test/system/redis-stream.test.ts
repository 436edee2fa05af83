import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Redis } from "ioredis";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { openRedis, type RedisAddress } from "../brokers/redis.ts";
import { stick, streamAccess } from "../brokers/redis-stream-harness.ts";
import { eventually } from "../eventually.ts";
import { valueIn } from "#workers/adapters/redis/stream-reads.ts";
import { brokerScene, killAtEveryPoint, type BrokerScene } from "./broker-scene.ts";

const { server, reason } = await onDemand<RedisAddress>("redis");
let redis: Redis;
beforeAll(async () => {
  if (server === null) return;
  redis = openRedis(server);
  await redis.connect();
});
afterAll(() => redis?.disconnect());

const GROUP = "fulfilment";
const sceneOf = (key: string, stuckIn?: string): Promise<BrokerScene> => {
  if (server === null) throw new Error(reason);
  const source = redisStream.source.parse({ queue: key, ...(stuckIn === undefined ? {} : { stuckIn, minIdleMs: 1_000, minDeliveries: 3 }) });
  return brokerScene({ name: "orders", kind: "redis-stream", ...streamAccess(server) }, source);
};
const noticesOf = async ({ pool }: BrokerScene): Promise<string[]> => (await pool.sql<{ text: string }[]>`select text from source_notices order by id`).map(({ text }) => text);
const newKey = (): string => `system:${crypto.randomUUID()}`;

describe.skipIf(server === null)("Redis streams", () => {
  test("an entry stuck in a group is found, stored and acknowledged there, is resent, and is stuck again as the same message", async () => {
    const key = newKey();
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    await using scene = await sceneOf(key, GROUP);
    await using worker = await scene.worker();
    await redis.xadd(key, "*", "type", "order.placed", "payload", '{"id":12345678901234567890}');
    await stick(redis, key, GROUP, "worker-1");
    await eventually(async () => expect(await scene.messages(), worker.tail()).toHaveLength(1));
    expect((await scene.messages())[0]).toMatchObject({ state: "dead", rule: "redis-stuck", reason: "delivery_limit", origin: key, attempts: 9 });
    await eventually(async () => expect(await redis.xpending(key, GROUP)).toMatchObject([0, null, null, null]));

    await scene.resendAll();
    await eventually(async () => expect((await scene.messages())[0], worker.tail()).toMatchObject({ state: "resent", redrives: 1 }));
    const entries = await redis.xrange(key, "-", "+");
    expect(entries.at(-1)?.[1].slice(0, 4)).toEqual(["type", "order.placed", "payload", '{"id":12345678901234567890}']);
    await stick(redis, key, GROUP, "worker-2");
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]));
  });

  test("a consumer that comes back late is told of", { timeout: 60_000 }, async () => {
    const key = newKey();
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    await using scene = await sceneOf(key, GROUP);
    await redis.xadd(key, "*", "payload", "late");
    await stick(redis, key, GROUP, "worker-1");
    await eventually(async () => expect(valueIn((await redis.xinfo("CONSUMERS", key, GROUP) as unknown[][])[0] ?? [], "idle")).toMatch(/^\d{4,}$/));
    // the worker has noted that the consumer is silent, has taken its entry over and dies before it acknowledges; meanwhile the consumer takes it back
    const dying = await scene.worker("capture.stored:2");
    expect(await dying.ended, dying.tail()).toBe("SIGKILL");
    const [id] = (await redis.xrange(key, "-", "+"))[0] ?? [""];
    await redis.xclaim(key, GROUP, "worker-1", 0, id, "IDLE", 600_000, "RETRYCOUNT", 9, "JUSTID");
    await redis.xack(key, GROUP, id);
    await scene.pool.sql`update leases set until = now()`;
    await using worker = await scene.worker();
    await redis.xadd(key, "*", "payload", "next");
    await stick(redis, key, GROUP, "worker-1");
    await eventually(async () => expect(await scene.ledger(), worker.tail()).toEqual({ rows: 2, bodies: 2 }));
    await eventually(async () =>
      expect(await noticesOf(scene), worker.tail()).toEqual([
        expect.stringMatching(new RegExp(`^A worker ended while it acknowledged entry ${id} of ${GROUP}`)),
        expect.stringMatching(/^Consumer worker-1 of fulfilment is back/),
      ]),
    );
  });

  test("a consumer that comes back after its entry was stored and acknowledged is told of, whenever the worker dies", { timeout: 60_000 }, async () => {
    const key = newKey();
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    await using scene = await sceneOf(key, GROUP);
    const id = String(await redis.xadd(key, "*", "payload", "frozen"));
    await redis.xreadgroup("GROUP", GROUP, "frozen", "COUNT", 1, "STREAMS", key, ">");
    await redis.call("XCLAIM", key, GROUP, "frozen", 0, id, "RETRYCOUNT", 9, "JUSTID");
    // the second batch: the first one notes who is silent
    const dying = await scene.worker("capture.accepted:2");
    expect(await dying.ended, dying.tail()).toBe("SIGKILL");
    expect(await scene.ledger()).toEqual({ rows: 1, bodies: 1 });
    expect(await redis.xpending(key, GROUP)).toMatchObject([0, null, null, null]);
    expect(await redis.xack(key, GROUP, id)).toBe(0);
    await redis.xadd(key, "*", "payload", "another");
    await redis.xreadgroup("GROUP", GROUP, "frozen", "COUNT", 1, "STREAMS", key, ">");
    await scene.pool.sql`update leases set until = now()`;
    await using worker = await scene.worker();
    await eventually(async () =>
      expect(await noticesOf(scene), worker.tail()).toEqual([
        expect.stringMatching(new RegExp(`^A worker ended while it acknowledged entry ${id}`)),
        expect.stringMatching(/^Consumer frozen of fulfilment is back/),
      ]),
    );
    // told once, also by the next worker
    worker.kill("SIGTERM");
    await worker.ended;
    await using next = await scene.worker();
    await redis.xadd(key, "*", "payload", "next");
    await stick(redis, key, GROUP, "worker-2");
    await eventually(async () => expect(await scene.ledger(), next.tail()).toEqual({ rows: 2, bodies: 2 }));
    expect(await noticesOf(scene)).toHaveLength(2);
  });

  test("an entry that was trimmed is stored as what is left of it, and blocks nobody", async () => {
    const key = newKey();
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    await redis.xadd(key, "1-1", "payload", "trimmed");
    await redis.xadd(key, "2-1", "payload", "there");
    await stick(redis, key, GROUP);
    await redis.xdel(key, "1-1");
    await using scene = await sceneOf(key, GROUP);
    await using worker = await scene.worker();
    await eventually(async () => expect(await scene.messages(), worker.tail()).toHaveLength(2));
    const natives = await scene.pool.sql<{ native: string }[]>`select native from deaths order by native::json->>'entryId'`;
    expect(natives.map(({ native }) => JSON.parse(native))).toMatchObject([{ entryId: "1-1", gone: true }, { entryId: "2-1" }]);
    await eventually(async () => expect(await redis.xpending(key, GROUP)).toMatchObject([0, null, null, null]));
  });

  test("what is trimmed from a dead-letter stream before it was read is told, never silent", async () => {
    const key = `${newKey()}:dlq`;
    await redis.xadd(key, "1-1", "payload", "first");
    await using scene = await sceneOf(key);
    const dying = await scene.worker("capture.accepted:1");
    expect(await dying.ended, dying.tail()).toBe("SIGKILL");
    await redis.xadd(key, "2-1", "payload", "never read");
    await redis.xadd(key, "3-1", "payload", "read");
    await redis.xdel(key, "2-1");
    await scene.pool.sql`update leases set until = now()`;
    await using worker = await scene.worker();
    await eventually(async () => expect(await scene.ledger(), worker.tail()).toEqual({ rows: 2, bodies: 2 }));
    await eventually(async () => {
      const [notice] = await scene.pool.sql<{ text: string }[]>`select text from source_notices`;
      expect(notice?.text, worker.tail()).toMatch(/^Entries after 1-1 up to 2-1 were trimmed/);
    });
  });

  test.each(["dead", "stuck"])("nothing is lost and nothing is stored twice, whenever a worker dies (%s)", { timeout: 120_000 }, async (mode) => {
    const key = newKey();
    await redis.xgroup("CREATE", key, GROUP, "0", "MKSTREAM");
    await using scene = await sceneOf(key, mode === "stuck" ? GROUP : undefined);
    await killAtEveryPoint(scene, async (bodies) => {
      for (const body of bodies) await redis.xadd(key, "*", "payload", body);
      if (mode === "stuck") await stick(redis, key, GROUP);
    });
  });
});
