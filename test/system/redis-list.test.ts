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
});
