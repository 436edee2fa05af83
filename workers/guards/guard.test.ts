import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisStream } from "#core/brokers/redis-stream.ts";
import { Fault } from "#core/fault.ts";
import type { GuardVerdict } from "#core/route/guard.ts";
import { connectSql, type SqlClient } from "#db/sql-client.ts";
import { openRedis, startRedis, type TestRedis } from "#test/brokers/redis.ts";
import { eventually } from "#test/eventually.ts";
import { makePlace } from "#test/factories/place.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { openRedisGuard } from "../adapters/redis/guard.ts";
import type { Guard } from "./guard.ts";
import { postgresGuard } from "./postgres-guard.ts";
import { redisGuard } from "./redis-guard.ts";

const LEASE_MS = 60_000;
const TTL = 3_600;
let database: TestDatabase;
let pool: SqlClient;
let redis: TestRedis;
let cluster: TestRedis;
const open: Guard[] = [];

beforeAll(async () => {
  database = await testDatabase();
  pool = connectSql(database.url, { max: 20, name: "guard test" });
  redis = await startRedis();
  cluster = await startRedis(["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"]);
  const client = openRedis(cluster);
  await client.connect();
  await client.cluster("ADDSLOTSRANGE", 0, 16_383);
  await eventually(async () => expect(await client.cluster("INFO")).toContain("cluster_state:ok"));
  client.disconnect();
});
afterAll(async () => {
  await Promise.all(open.map((guard) => guard.close()));
  await pool.close();
  await database.drop();
  await redis.stop();
  await cluster.stop();
});

async function makeRoute(): Promise<string> {
  const place = await makePlace(pool.sql);
  const id = randomUUID();
  await pool.sql`insert into routes (id, name, source_id, definition, state) values (${id}, ${id}, ${place.sourceId}, '{}', 'running')`;
  return id;
}

function onRedis(routeId: string, { host, port, password }: TestRedis = redis): Guard {
  const guard = redisGuard(() =>
    openRedisGuard({ name: "guard test", settings: redisStream.settings.parse({ host, port, cluster: port === cluster.port }), secrets: redisStream.secrets.parse({ password }), signal: AbortSignal.timeout(5_000) }, routeId),
  );
  open.push(guard);
  return guard;
}

const stores: Record<string, () => Promise<Guard>> = {
  Postgres: async () => postgresGuard(pool.sql, await makeRoute()),
  Redis: async () => onRedis(randomUUID()),
  "a Redis cluster": async () => onRedis(randomUUID(), cluster),
};
const owners = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
const claimed = (verdicts: readonly GuardVerdict[]): number => verdicts.filter((verdict) => verdict === "claimed").length;
const one = async (guard: Guard, key: string, owner: string, leaseMs = LEASE_MS): Promise<GuardVerdict | undefined> => (await guard.claim([{ key, owner }], leaseMs))[0];
const isFault = (error: unknown): boolean => error instanceof Fault;

describe.each(Object.entries(stores))("a guard in %s", (_, made) => {
  test("of 50 equal messages at once one is delivered, and the others hear which", async () => {
    const guard = await made();
    for (const key of ["a", "{b}", "é'\"\\ %", "k".repeat(200)]) {
      const all = owners(50);
      const verdicts = await Promise.all(all.map((owner) => one(guard, key, owner)));
      const at = verdicts.indexOf("claimed");
      expect(verdicts.filter((verdict) => verdict === "claimed")).toHaveLength(1);
      const winner = all[at] ?? "";
      for (const verdict of verdicts.filter((each) => each !== "claimed")) expect(verdict).toEqual({ heldBy: winner });
      await guard.complete(pool.sql, [{ key, owner: winner }], TTL);
      expect(await Promise.all(all.map((owner) => one(guard, key, owner)))).toEqual(all.map(() => ({ completedBy: winner })));
    }
  });

  test("a batch may hold a key twice; verdicts keep its order, and batches in any order do not block each other", async () => {
    const guard = await made();
    const [a = "", b = "", c = ""] = owners(3);
    expect(await guard.claim([{ key: "y", owner: a }, { key: "x", owner: b }, { key: "y", owner: c }, { key: "y", owner: a }], LEASE_MS)).toEqual(["claimed", "claimed", { heldBy: a }, "claimed"]);
    const keys = Array.from({ length: 40 }, (_, n) => `k${n}`);
    const batches = await Promise.all(
      owners(10).map((owner, n) => guard.claim((n % 2 === 0 ? keys : keys.toReversed()).map((key) => ({ key, owner })), LEASE_MS)),
    );
    expect(claimed(batches.flat())).toBe(40);
    expect(await guard.claim([], LEASE_MS)).toEqual([]);
  });

  // SETNX before the work and no lease: the key stays, and every later try of the message is taken for a duplicate
  test("a worker that dies with a claim loses no message: the same delivery may go on, an equal one when the lease is over", async () => {
    const guard = await made();
    const [first = "", second = ""] = owners(2);
    expect(await one(guard, "k", first, 300)).toBe("claimed");
    expect(await one(guard, "k", first, 300)).toBe("claimed");
    expect(await one(guard, "k", second)).toEqual({ heldBy: first });
    await eventually(async () => expect(await one(guard, "k", second)).toBe("claimed"));
    expect(await one(guard, "k", first)).toEqual({ heldBy: second });
  });

  test("what was completed and not settled answers its own owner, so that it is not delivered twice", async () => {
    const guard = await made();
    const [owner = ""] = owners(1);
    await one(guard, "k", owner);
    await guard.complete(pool.sql, [{ key: "k", owner }], TTL);
    expect(await one(guard, "k", owner)).toEqual({ completedBy: owner });
  });

  test("a release frees what its owner holds, and nothing else", async () => {
    const guard = await made();
    const [mine = "", other = ""] = owners(2);
    await guard.claim([{ key: "a", owner: mine }, { key: "b", owner: mine }], LEASE_MS);
    await guard.release(pool.sql, [{ key: "a", owner: other }, { key: "none", owner: mine }]);
    expect(await one(guard, "a", other)).toEqual({ heldBy: mine });
    await guard.complete(pool.sql, [{ key: "b", owner: mine }], TTL);
    await guard.release(pool.sql, [{ key: "a", owner: mine }, { key: "b", owner: mine }]);
    expect(await one(guard, "a", other)).toBe("claimed");
    expect(await one(guard, "b", other)).toEqual({ completedBy: mine });
  });

  test("what was delivered after its lease was lost counts all the same, and the first to complete stays", async () => {
    const guard = await made();
    const [slow = "", quick = "", third = ""] = owners(3);
    await one(guard, "k", slow, 50);
    await eventually(async () => expect(await one(guard, "k", quick)).toBe("claimed"));
    await guard.complete(pool.sql, [{ key: "k", owner: slow }], TTL);
    await guard.release(pool.sql, [{ key: "k", owner: quick }]);
    expect(await one(guard, "k", third)).toEqual({ completedBy: slow });
    await guard.complete(pool.sql, [{ key: "k", owner: quick }], TTL);
    expect(await one(guard, "k", third)).toEqual({ completedBy: slow });
  });

  test("a key is forgotten when its time is over, and of one route it is no other's", async () => {
    const guard = await made();
    const other = await made();
    const [owner = "", later = ""] = owners(2);
    await guard.complete(pool.sql, [{ key: "k", owner }, { key: "k", owner: later }], 1);
    expect(await one(other, "k", later)).toBe("claimed");
    expect(await one(guard, "k", later)).toEqual({ completedBy: owner });
    await eventually(async () => expect(await one(guard, "k", later)).toBe("claimed"));
  });
});

test("Postgres ends the connections in the middle of 50 equal claims: each is told a fault, and one delivers in the end", async () => {
  const route = await makeRoute();
  const name = `victims ${randomUUID().slice(0, 8)}`;
  const victims = connectSql(database.url, { max: 10, name });
  const guard = postgresGuard(victims.sql, route);
  const holder = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  // all claims wait for a row that is not committed
  const holding = pool.sql.begin(async (tx) => {
    await postgresGuard(pool.sql, route).complete(tx, [{ key: "k", owner: randomUUID() }], TTL);
    held.resolve();
    await holder.promise;
    throw new Error("rolled back");
  });
  await held.promise;
  const all = owners(50);
  const first = Promise.allSettled(all.map((owner) => one(guard, "k", owner)));
  await eventually(async () => {
    const [row] = await pool.sql<{ count: number }[]>`select count(*)::int from pg_stat_activity where application_name = ${name} and wait_event_type = 'Lock'`;
    expect(row?.count).toBe(10);
  });
  await pool.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`;
  holder.resolve();
  await expect(holding).rejects.toThrow("rolled back");
  const failed = (await first).filter((result) => result.status === "rejected");
  expect(failed.length).toBeGreaterThanOrEqual(10);
  for (const { reason } of failed) expect(reason).toSatisfy(isFault);
  const again = await Promise.all(all.map((owner) => eventually(() => one(guard, "k", owner))));
  expect(again.filter((verdict) => verdict === "claimed")).toHaveLength(1);
  await victims.close();
});

test("completing and settling commit together in Postgres", async () => {
  const guard = postgresGuard(pool.sql, await makeRoute());
  const [owner = "", other = ""] = owners(2);
  await one(guard, "k", owner);
  const lost = pool.sql.begin(async (tx) => {
    await guard.complete(tx, [{ key: "k", owner }], TTL);
    throw new Error("not settled");
  });
  await expect(lost).rejects.toThrow("not settled");
  expect(await one(guard, "k", other)).toEqual({ heldBy: owner });
});

test("Redis is killed in the middle of 50 equal claims: each is told a fault, what it had promised it keeps, and one delivers", async () => {
  const route = randomUUID();
  const guard = onRedis(route);
  const [done = "", late = ""] = owners(2);
  await guard.complete(pool.sql, [{ key: "done", owner: done }], TTL);
  const all = owners(50);
  const verdicts = new Map<string, GuardVerdict>();
  const asking = all.map(async (owner) => {
    for (let tries = 0; ; tries++) {
      const verdict = await one(guard, `k${tries}`, owner).catch((error: unknown) => error);
      if (verdict instanceof Error) return verdict;
    }
  });
  await redis.kill9AndStart();
  for (const fault of await Promise.all(asking)) expect(fault).toSatisfy(isFault);
  for (const owner of all) verdicts.set(owner, (await eventually(() => one(guard, "k0", owner))) ?? "claimed");
  expect(claimed([...verdicts.values()])).toBe(1);
  expect(await one(guard, "done", late)).toEqual({ completedBy: done });
});

test("a Redis that is down is a fault, at once the second time, and never a verdict", async () => {
  const guard = redisGuard(() => openRedisGuard({ name: "gone", settings: redisStream.settings.parse({ host: "127.0.0.1", port: 1 }), secrets: redisStream.secrets.parse({ password: "" }), signal: AbortSignal.timeout(5_000) }, randomUUID()));
  open.push(guard);
  for (const tries of [1, 2]) await expect(one(guard, "k", randomUUID()), `${tries}`).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
  await expect(guard.complete(pool.sql, [{ key: "k", owner: randomUUID() }], TTL)).rejects.toSatisfy(isFault);
});

test("a key that holds what Redrive did not write is a fault", async () => {
  const route = randomUUID();
  const guard = onRedis(route);
  const client = openRedis(redis);
  await client.connect();
  await client.set(`redrive:guard:${route}:s`, "strange");
  await client.lpush(`redrive:guard:${route}:l`, "list");
  await expect(one(guard, "s", randomUUID())).rejects.toSatisfy(isFault);
  await expect(one(guard, "l", randomUUID())).rejects.toMatchObject({ name: "Fault", code: "invalid" });
  client.disconnect();
});
