import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisList } from "#core/brokers/redis-list.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { listAccess } from "../brokers/redis-list-harness.ts";
import { openRedis, type RedisAddress } from "../brokers/redis.ts";
import { eventually } from "../eventually.ts";
import { brokerScene, killAtEveryPoint, type BrokerScene } from "./broker-scene.ts";

const { server, reason } = await onDemand<RedisAddress>("redis");
let redis: Redis;
beforeAll(async () => {
  if (server === null) return;
  redis = openRedis(server);
  await redis.connect();
});
afterAll(() => redis?.disconnect());

const sceneOf = (source: Record<string, unknown>): Promise<BrokerScene> => {
  if (server === null) throw new Error(reason);
  return brokerScene({ name: "shop", kind: "redis-list", ...listAccess(server) }, redisList.source.parse(source));
};
const newKey = (): string => `system:${crypto.randomUUID()}`;

/** How many deaths have this body. */
const storedOf = async (scene: BrokerScene, body: string): Promise<number> => {
  const [row] = await scene.pool.sql<{ count: number }[]>`
    select count(*)::int as count from deaths join bodies on bodies.id = deaths.body_id where bytes = ${Buffer.from(body)}`;
  return row?.count ?? 0;
};

describe.skipIf(server === null)("Redis lists", () => {
  test.each(["list", "sorted set"])("nothing is lost and nothing is stored twice, whenever a worker dies (%s)", { timeout: 180_000 }, async (type) => {
    const queue = newKey();
    await using scene = await sceneOf({ queue });
    let score = 0;
    await killAtEveryPoint(scene, async (bodies) => {
      if (type === "list") await redis.lpush(queue, ...bodies);
      else for (const body of bodies) await redis.zadd(queue, ++score, body);
    });
    await eventually(async () => expect(await redis.keys(`redrive:*${queue}*`)).toEqual([]));
    expect(await redis.exists(queue)).toBe(0);
  });

  test.each(["capture.received:1", "capture.stored:1", "capture.accepted:1"])("equal elements stay as many as they are, whenever a worker dies (%s)", async (point) => {
    const queue = newKey();
    await using scene = await sceneOf({ queue });
    const equal = '{"order":"the same"}';
    await redis.rpush(queue, ...Array.from({ length: 12 }, () => equal));
    const dying = await scene.worker(point);
    expect(await dying.ended, dying.tail()).toBe("SIGKILL");
    await redis.rpush(queue, equal);
    await scene.pool.sql`update leases set until = now()`;
    await using worker = await scene.worker();
    await redis.lpush(queue, "last");
    await eventually(async () => expect(await storedOf(scene, "last"), worker.tail()).toBe(1));
    await eventually(async () => expect(await storedOf(scene, equal)).toBe(13));
    await eventually(async () => expect(await redis.keys(`redrive:*${queue}*`)).toEqual([]));
    expect(await storedOf(scene, equal)).toBe(13);
  });

  test("an element that came while nobody asked is captured, and one that nobody can decode blocks nobody", async () => {
    const queue = newKey();
    await using scene = await sceneOf({ queue, pointers: { error: "/error" } });
    // as a capture leaves it that died between the server's move and its own taking
    await redis.lpush(`redrive:arriving:{${queue}}`, "moved by the server");
    await redis.lpush(queue, Buffer.from([0xff, 0xfe, 0x00]), "[".repeat(200_000), '{"error":"card declined"}');
    await using worker = await scene.worker();
    await eventually(async () => expect(await scene.ledger(), worker.tail()).toEqual({ rows: 4, bodies: 4 }));
    expect(await storedOf(scene, "moved by the server")).toBe(1);
  });

  test("a dead element is resent to the list it failed in, byte for byte, and its next death is the same message's", async () => {
    const work = newKey();
    const queue = `${work}:dead`;
    await using scene = await sceneOf({ queue, pointers: { payload: "/message", headers: "/message", queue: "/queue", error: "/error", attempts: "/tries" } });
    await using worker = await scene.worker();
    const payload = '{"id":12345678901234567890,  "amount":1.0}';
    const dies = (message: string): Promise<number> => redis.lpush(queue, `{"queue":"${work}","error":"CardDeclined: no","tries":3,"message":${message}}`);
    await dies(payload);
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", rule: "redis-list", errorType: "CardDeclined", origin: work, attempts: 3 }]));

    await scene.resendAll();
    await eventually(async () => expect((await scene.messages())[0], worker.tail()).toMatchObject({ state: "resent", redrives: 1 }));
    const [sent = ""] = await redis.lrange(work, 0, -1);
    const stamp = /,"redrive-id":"[-0-9a-f]{36}","redrive-count":"1","redrive-origin":"shop\/[^"]+"(?=\}$)/;
    expect(sent).toMatch(stamp);
    expect(sent.replace(stamp, "")).toBe(payload);
    await dies(sent);
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]));
  });

  test("a resend whose worker dies after Redis had it is in doubt, and is not sent again by itself", { timeout: 60_000 }, async () => {
    const work = newKey();
    await using scene = await sceneOf({ queue: `${work}:dead`, pointers: { queue: "/queue" } });
    await redis.lpush(`${work}:dead`, `{"queue":"${work}"}`);
    const dying = await scene.worker("resend.published:1");
    await eventually(async () => expect(await scene.messages(), dying.tail()).toMatchObject([{ state: "dead" }]));
    await scene.resendAll();
    expect(await dying.ended, dying.tail()).toBe("SIGKILL");
    await using worker = await scene.worker();
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "in_doubt" }]), { timeoutMs: 40_000 });
    expect(await redis.llen(work)).toBe(1);
  });

  test("a job of BullMQ dies, is requeued with its bytes, and its next death is the same message's", async () => {
    const base = `bull:${crypto.randomUUID()}`;
    await redis.hset(`${base}:meta`, "version", "bullmq:5.61.0");
    await using scene = await sceneOf({ queue: `${base}:failed`, envelope: "bullmq" });
    await using worker = await scene.worker();
    const data = '{"id":12345678901234567890,  "amount":1.0}';
    const dies = async (): Promise<void> => {
      await redis.hset(`${base}:1`, { failedReason: "card declined", atm: "3", finishedOn: "1773480478123" });
      await redis.multi().lrem(`${base}:wait`, 0, "1").zadd(`${base}:failed`, 1_773_480_478_123, "1").exec();
    };
    await redis.hset(`${base}:1`, { name: "charge", data, opts: '{"attempts":3}' });
    await dies();
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", rule: "bullmq", errorMessage: "card declined", attempts: 3 }]));
    await eventually(async () => expect(await redis.exists(`${base}:1`, `${base}:failed`)).toBe(0));

    await scene.resendAll();
    await eventually(async () => expect((await scene.messages())[0], worker.tail()).toMatchObject({ state: "resent", redrives: 1 }));
    expect(await redis.lrange(`${base}:wait`, 0, -1)).toEqual(["1"]);
    expect(await redis.hget(`${base}:1`, "data")).toBe(data);
    await dies();
    await eventually(async () => expect(await scene.messages(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]));
  });
});
