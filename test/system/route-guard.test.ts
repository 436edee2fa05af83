import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { redisStream } from "#core/brokers/redis-stream.ts";
import type { Guard } from "#core/route/definition.ts";
import { startEmbedded } from "#db/embedded/index.ts";
import { migrate } from "#db/migrate.ts";
import { seal } from "#db/secrets.ts";
import { startRedis, type TestRedis } from "../brokers/redis.ts";
import { eventually } from "../eventually.ts";
import { startHttpSink, type HttpSink } from "../http-sink.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { addRoute, deliveriesOf, statesOf } from "./route-scene.ts";
import { makeScene, put, type Scene } from "./scene.ts";

// Equal messages in a route with a guard: one is delivered, the others are told as duplicates.
const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;
const LOOPBACK = ["127.0.0.0/8"];
const COPIES = 50;

async function addRedis({ pool, publicKey }: Scene, redis: TestRedis): Promise<string> {
  const settings = redisStream.settings.parse({ host: redis.host, port: redis.port });
  const [row] = await pool.sql<{ id: string }[]>`
    insert into connections (name, kind, settings, secrets, managed_by)
    values ('guard', 'redis-stream', ${JSON.stringify(settings)}, ${seal(publicKey, JSON.stringify({ password: redis.password }))}, 'screen') returning id`;
  return row?.id ?? "";
}

describe.skipIf(rabbit === null)("a route with a guard", () => {
  let scene: Scene;
  let sink: HttpSink;
  let redis: TestRedis;
  const workers: WorkerProcess[] = [];
  let stores: Record<string, Guard["store"]>;
  beforeAll(async () => {
    [scene, sink, redis] = await Promise.all([makeScene({ rabbit }), startHttpSink(), startRedis()]);
    stores = { postgres: { kind: "postgres" }, redis: { kind: "redis", connectionId: await addRedis(scene, redis) } };
    workers.push(await scene.worker(), await scene.worker());
  });
  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
    await Promise.all([sink[Symbol.asyncDispose](), redis.stop()]);
  });

  const guarded = async (store: string, ...behaviours: string[]) => {
    const url = sink.url(...behaviours);
    const guard = { key: { by: "pointer", pointer: "/id" }, store: stores[store] ?? { kind: "postgres" } } as const;
    const route = await addRoute(scene, { destination: { kind: "http", url, allowPrivate: LOOPBACK }, guard, retry: { baseMs: 20, jitter: "none" } });
    return { route, arrived: () => sink.ledger(new URL(url).pathname) };
  };

  test.each(["postgres", "redis"])("of %s: of fifty equal messages at once one is delivered, and the others are told as its duplicates", async (store) => {
    const { route, arrived } = await guarded(store, "slow:300");
    await put(scene, route.queue, Array.from({ length: COPIES }, () => '{"id":12345678901234567890}'));
    await put(scene, route.queue, ['{"id":12345678901234567891}', '{"no":"id"}']);
    await eventually(async () => expect(await statesOf(scene, route), workers[0]?.tail()).toEqual({ succeeded: COPIES + 2 }), { timeoutMs: 40_000 });
    expect((await arrived()).map(({ body }) => body.toString()).toSorted()).toEqual(['{"id":12345678901234567890}', '{"id":12345678901234567891}', '{"no":"id"}']);
    const rows = await deliveriesOf(scene, route);
    const duplicates = rows.filter(({ duplicateOf }) => duplicateOf !== null);
    expect(duplicates).toHaveLength(COPIES - 1);
    expect(new Set(duplicates.map(({ duplicateOf }) => duplicateOf)).size).toBe(1);
    expect(duplicates.every(({ tries }) => tries === 0)).toBe(true);
    const [minute] = await scene.pool.sql`select sum(duplicates)::int as duplicates, sum(delivered)::int as delivered from route_minutes where route_id = ${route.routeId}`;
    expect(minute).toEqual({ duplicates: COPIES - 1, delivered: 3 });
  }, 60_000);

  test.each(["postgres", "redis"])("of %s: a message that failed gives its key back, so that an equal one is not lost with it", async (store) => {
    const { route } = await guarded(store, "422");
    await put(scene, route.queue, ['{"id":"a"}']);
    await eventually(async () => expect(await statesOf(scene, route)).toEqual({ dead: 1 }), { timeoutMs: 20_000 });
    await put(scene, route.queue, ['{"id":"a"}']);
    await eventually(async () => expect(await statesOf(scene, route)).toEqual({ dead: 2 }), { timeoutMs: 20_000 });
    expect((await deliveriesOf(scene, route)).map(({ tries }) => tries)).toEqual([1, 1]);
  }, 60_000);

  test("a store that is killed stops its route: nothing passes, nothing is dropped, and all goes on when it is back", async () => {
    const { route, arrived } = await guarded("redis", "slow:200");
    await put(scene, route.queue, Array.from({ length: COPIES }, () => '{"id":"before"}'));
    await eventually(async () => expect((await arrived()).length).toBe(1), { timeoutMs: 20_000 });
    await redis.stopFor(async () => {
      await put(scene, route.queue, Array.from({ length: COPIES }, () => '{"id":"meanwhile"}'));
      const held = async () => (await scene.pool.sql`select held_by, fault_code from routes where id = ${route.routeId}`)[0];
      await eventually(async () => expect(await held(), workers[0]?.tail()).toMatchObject({ held_by: "guard", fault_code: expect.any(String) as unknown }), { timeoutMs: 20_000 });
      expect((await arrived()).length, "nothing passes without its guard").toBe(1);
    });
    await eventually(async () => expect(await statesOf(scene, route), workers[0]?.tail()).toEqual({ succeeded: 2 * COPIES }), { timeoutMs: 60_000 });
    const bodies = (await arrived()).map(({ body }) => body.toString());
    expect(new Set(bodies)).toEqual(new Set(['{"id":"before"}', '{"id":"meanwhile"}']));
    const [row] = await scene.pool.sql<{ unknown: number }[]>`select count(*)::int as unknown from delivery_attempts where route_id = ${route.routeId} and outcome = 'unknown'`;
    expect(bodies.length, "a second copy has a try without a verdict").toBeLessThanOrEqual(2 + (row?.unknown ?? 0));
  }, 120_000);
});

test.skipIf(rabbit === null)("its keys and all else in a Postgres that is killed amid fifty equal messages: one is delivered, none is lost, none passes unguarded", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "redrive-guard-"));
  // its data must survive the kill, so this one writes to the disk
  const server = await startEmbedded({ dataDir });
  try {
    await migrate(server.url);
    await using sink = await startHttpSink();
    await using scene = await makeScene({ rabbit, databaseUrl: server.url });
    const workers = [await scene.worker(), await scene.worker()];
    const url = sink.url("slow:300");
    const arrived = async () => (await sink.ledger(new URL(url).pathname)).map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id);
    // alike for the guard, and told apart by the capture
    const copies = (id: string) => Array.from({ length: COPIES }, (_, copy) => JSON.stringify({ id, copy }));
    const guard = { key: { by: "pointer", pointer: "/id" }, store: { kind: "postgres" } } as const;
    const route = await addRoute(scene, { destination: { kind: "http", url, allowPrivate: LOOPBACK }, guard, retry: { baseMs: 20, jitter: "none" } });
    await put(scene, route.queue, copies("before"));
    await eventually(async () => expect(await arrived()).toEqual(["before"]), { timeoutMs: 20_000, intervalMs: 10 });
    await server.kill9();
    await put(scene, route.queue, copies("meanwhile"));
    await eventually(() => workers.every((worker) => /ECONNREFUSED|CONNECTION_CLOSED/.test(worker.tail())), { timeoutMs: 20_000 });
    expect(await arrived(), "nothing passes without its guard").toEqual(["before"]);
    await server.revive();
    await eventually(async () => expect(await statesOf(scene, route), workers[0]?.tail()).toEqual({ succeeded: 2 * COPIES }), { timeoutMs: 60_000 });
    expect((await deliveriesOf(scene, route)).filter(({ duplicateOf }) => duplicateOf !== null)).toHaveLength(2 * (COPIES - 1));
    const got = await arrived();
    expect(new Set(got)).toEqual(new Set(["before", "meanwhile"]));
    const [row] = await scene.pool.sql<{ unknown: number }[]>`select count(*)::int as unknown from delivery_attempts where outcome = 'unknown'`;
    expect(got.length, "a second copy has a try without a verdict").toBeLessThanOrEqual(2 + (row?.unknown ?? 0));
  } finally {
    await server.stop();
    await rm(server.root, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
}, 120_000);
