import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Redis } from "ioredis";
import { onDemand } from "../brokers/on-demand.ts";
import { openRedis, startRedis, type RedisAddress, type TestRedis } from "../brokers/redis.ts";
import { eventually } from "../eventually.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { publishApi, type PublishApi } from "./publish-api.ts";

const { server, reason } = await onDemand<RedisAddress>("redis");
/** Where messages are published to; the keys are in another one. */
let redis: Redis;
beforeAll(async () => {
  if (server === null) return;
  redis = openRedis(server);
  await redis.connect();
});
afterAll(() => redis?.disconnect());

async function makeApi(cache: TestRedis | null, waitMs = 30_000): Promise<PublishApi> {
  if (server === null) throw new Error(reason);
  return publishApi(server, await newStream(), { waitMs, store: cache === null ? "postgres" : `redis://:${cache.password}@${cache.host}:${cache.port}/0` });
}

/** An empty stream: Redrive publishes to no other. */
async function newStream(): Promise<string> {
  const key = `published:${crypto.randomUUID()}`;
  await redis.xgroup("CREATE", key, "readers", "0", "MKSTREAM");
  return key;
}

describe.skipIf(server === null).each(["Postgres", "Redis"])("Idempotency-Keys in %s", { timeout: 120_000 }, (name) => {
  let cache: TestRedis | null = null;
  let api: PublishApi;
  let worker: WorkerProcess;
  beforeAll(async () => {
    cache = name === "Redis" ? await startRedis() : null;
    api = await makeApi(cache);
    worker = await api.scene.worker();
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await cache?.stop();
  });

  test("50 equal requests at once publish once and get the same answer; another request under the key is refused", async () => {
    const target = await newStream();
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.publish(target, "once", "order-7")));
    expect(await redis.xlen(target), worker.tail()).toBe(1);
    const first = answers.filter(({ headers }) => headers.get("idempotent-replayed") === null);
    expect(first).toHaveLength(1);
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, json: first[0]?.json });
    const repeat = await api.publish(target, "once", "order-7");
    expect(repeat).toMatchObject({ status: 200, json: first[0]?.json });
    expect(repeat.headers.get("idempotent-replayed")).toBe("true");
    expect(await api.publish(target, "other", "order-7")).toMatchObject({ status: 422, json: { field: "Idempotency-Key" } });
    expect((await api.publish(target, "once")).status).toBe(200);
    expect(await redis.xlen(target)).toBe(2);
  });

  test("of 50 different requests at once under one key one is published, and the others are refused", async () => {
    const target = await newStream();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => api.publish(target, `body ${n}`, "order-8")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 49 }, () => 422)]);
    expect(await redis.xlen(target)).toBe(1);
  });

  test("a token is used up by its first request, whose answer repeats get", async () => {
    const target = await newStream();
    const token = String((await api.ask("POST", "/api/token")).json["token"]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.publish(target, "x", token)));
    expect(new Set(answers.map(({ status, json }) => JSON.stringify([status, json])))).toHaveLength(1);
    expect(await api.publish(target, "y", token)).toMatchObject({ status: 422 });
    expect(await redis.xlen(target)).toBe(1);
  });

  test("what could not be carried out leaves the key free", async () => {
    const target = await newStream();
    expect((await api.publish(target, "x", "mended", { connection: "none" })).status).toBe(404);
    expect((await api.publish(target, "x", "mended")).status).toBe(200);
  });

  test("what the broker refuses is told with its fault, also to a repeat", async () => {
    const absent = `published:${crypto.randomUUID()}`;
    const refused = await api.publish(absent, "x", "refused-1");
    expect(refused, worker.tail()).toMatchObject({ status: 422, json: { status: "refused", fault: { code: "not_found" } } });
    await redis.xgroup("CREATE", absent, "readers", "0", "MKSTREAM");
    expect(await api.publish(absent, "x", "refused-1")).toMatchObject({ status: 422, json: refused.json });
    expect(await redis.xlen(absent)).toBe(0);
  });
});

describe.skipIf(server === null)("a Redis of Idempotency-Keys in trouble", { timeout: 120_000 }, () => {
  let cache: TestRedis;
  let api: PublishApi;
  beforeAll(async () => {
    cache = await startRedis();
    api = await makeApi(cache);
    await api.scene.worker();
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await cache?.stop();
  });

  const written = async ({ scene }: PublishApi, key: string): Promise<number> => {
    const rows = await scene.pool.sql`select from publications where idempotency_key = ${key}`;
    return rows.length;
  };
  async function inCache<T>(act: (client: Redis) => Promise<T>): Promise<T> {
    const client = openRedis(cache);
    await client.connect();
    return act(client).finally(() => client.disconnect());
  }

  test("while it is down nothing is written and 503 says so; requests without a key go on", async () => {
    const target = await newStream();
    await cache.stopFor(async () => {
      const refused = await api.publish(target, "x", "down");
      expect(refused).toMatchObject({ status: 503, json: { message: expect.stringContaining("Nothing was written") } });
      expect(refused.headers.get("retry-after")).toBe("1");
      expect(await written(api, "down")).toBe(0);
      expect((await api.publish(target, "x")).status).toBe(200);
    });
    await eventually(async () => expect((await api.publish(target, "x", "down")).status).toBe(200));
    expect(await redis.xlen(target)).toBe(2);
  });

  test("killed in the middle of 50 equal requests: each is told 503 or the one answer, and one message is published", async () => {
    const target = await newStream();
    const asked = Array.from({ length: 50 }, () => api.publish(target, "once", "killed"));
    await eventually(async () => expect(await written(api, "killed")).toBe(1), { intervalMs: 1 });
    await cache.kill9AndStart();
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    await eventually(async () => expect((await api.publish(target, "once", "killed")).status).toBe(200));
    const told = [...answers, await api.publish(target, "once", "killed")].filter(({ status }) => status === 200);
    expect(new Set(told.map(({ json }) => json["id"])).size).toBe(1);
    expect(await redis.xlen(target)).toBe(1);
    expect(await written(api, "killed")).toBe(1);
  });

  test("when it lost everything Postgres answers repeats, and when Postgres lost the row it does", async () => {
    const target = await newStream();
    const first = await api.publish(target, "once", "lost");
    await inCache((client) => client.flushall());
    const repeat = await api.publish(target, "once", "lost");
    expect(repeat).toMatchObject({ status: 200, json: first.json });
    expect(repeat.headers.get("idempotent-replayed")).toBe("true");
    await api.scene.pool.sql`delete from publications where idempotency_key = 'lost'`;
    expect(await api.publish(target, "once", "lost")).toMatchObject({ status: 200, json: first.json });
    expect(await redis.xlen(target)).toBe(1);
  });

  test("a web process that died with a claim holds up repeats no longer than its lease, and a strange value is no verdict", async () => {
    await using quick = await makeApi(cache, 100);
    const target = await newStream();
    const keyOf = (name: string) => `redrive:idempotency:${quick.keyId}:${name}`;
    await inCache((client) => client.set(keyOf("died"), `held:${crypto.randomUUID()}`, "PX", 1_000));
    const held = await quick.publish(target, "x", "died");
    expect(held).toMatchObject({ status: 409, json: { status: "pending" } });
    expect(held.headers.get("retry-after")).toBe("1");
    await eventually(async () => expect((await quick.publish(target, "x", "died")).status).toBe(202));
    for (const strange of ["strange", "done:{", 'done:{"id":1}']) {
      await inCache((client) => client.set(keyOf("strange"), strange));
      expect((await quick.publish(target, "x", "strange")).status, strange).toBe(503);
    }
    expect(await written(quick, "strange")).toBe(0);
  });
});
