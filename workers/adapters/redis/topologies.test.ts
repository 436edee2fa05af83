import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Cluster, type Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { redisList } from "#core/brokers/redis-list.ts";
import { redisStream } from "#core/brokers/redis-stream.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { collect, LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRedis, type RedisAddress } from "#test/brokers/redis.ts";
import { startCluster, startSentinel, startTls } from "#test/brokers/redis-topologies.ts";
import { eventually } from "#test/eventually.ts";
import { connectRedisList } from "./connect-list.ts";
import { connectRedisStream } from "./connect.ts";

const { server: available } = await onDemand<RedisAddress>("redis");
const soon = (): AbortSignal => AbortSignal.timeout(15_000);
const TIMEOUT = { timeout: 90_000 };
type Settings = Readonly<Record<string, unknown>>;

const message = (native: Outgoing["native"], body = "again"): Outgoing => ({ attemptId: crypto.randomUUID(), body: Buffer.from(body), headers: [], native });
const LIST_NATIVE = { transport: "redis-list", queue: "x", envelope: "plain", id: null, score: null, fields: [] } as const;
const STREAM_NATIVE = { transport: "redis-stream", queue: "x", entryId: "0-1", body: { field: "payload", at: 0 }, pending: null } as const;

const openList = (settings: Settings, password: string) => connectRedisList({ name: "topologies.test", settings: redisList.settings.parse(settings), secrets: { password, sentinelPassword: "" }, signal: soon() });
const openStream = (settings: Settings, password: string) => connectRedisStream({ name: "topologies.test", settings: redisStream.settings.parse(settings), secrets: { password, sentinelPassword: "" }, signal: soon() });

/** What an adapter does, through whatever leads to the server: captures from `key`, publishes to it, and captures that. */
const works = {
  async list(settings: Settings, password: string, key: string): Promise<void> {
    await using session = await openList(settings, password);
    const source = redisList.source.parse({ queue: key });
    expect(await session.publish([message(LIST_NATIVE, "one"), message(LIST_NATIVE, "two")], { kind: "redis-list", key, end: "left" }, soon())).toMatchObject([{ status: "confirmed" }, { status: "confirmed" }]);
    expect(await session.depth([source], soon())).toMatchObject([{ kind: "exact", ready: 2 }]);
    expect((await session.discover(soon())).map(({ name }) => name)).toContain(key);
    const { deaths } = await collect(session, source, 2);
    expect(deaths.map(({ body }) => Buffer.from(body).toString())).toEqual(["one", "two"]);
    expect(await session.depth([source], soon())).toMatchObject([{ ready: 0 }]);
  },
  async stream(settings: Settings, password: string, key: string, redis: Pick<Redis, "xgroup">): Promise<void> {
    await redis.xgroup("CREATE", key, "others", "0", "MKSTREAM");
    await using session = await openStream(settings, password);
    const source = redisStream.source.parse({ queue: key });
    expect(await session.publish([message(STREAM_NATIVE, "one")], { kind: "redis-stream", key }, soon())).toMatchObject([{ status: "confirmed" }]);
    expect(await session.depth([source], soon())).toMatchObject([{ kind: "exact", ready: 1 }]);
    expect((await session.discover(soon())).map(({ name }) => name)).toContain(key);
    expect((await collect(session, source, 1)).deaths.map(({ body }) => Buffer.from(body).toString())).toEqual(["one"]);
  },
};

describe.skipIf(available === null)("ways to a Redis", () => {
  test("through a sentinel: the failover ends the session, and what was taken is found again on the new master", TIMEOUT, async () => {
    await using sentinel = await startSentinel();
    const settings = { host: "127.0.0.1", port: sentinel.port, sentinelMaster: sentinel.masterName, keys: "*" };
    const redis = openRedis(sentinel.master);
    await redis.connect();
    await works.list(settings, sentinel.password, "orders:dead");
    await works.stream(settings, sentinel.password, "orders:dlq", redis);

    await using session = await openList(settings, sentinel.password);
    await using other = await openStream(settings, sentinel.password);
    const source = redisList.source.parse({ queue: "held:dead" });
    await redis.lpush("held:dead", "held");
    const batches = session.capture(source, null, LIMITS, soon())[Symbol.asyncIterator]();
    const held = await nextBatch(batches);
    expect(await redis.wait(1, 5_000)).toBe(1);
    batches.next().catch(() => undefined);
    redis.disconnect();
    await sentinel.master.stop();
    for (const lost of [session.lost, other.lost]) await expect(lost).rejects.toMatchObject({ name: "Fault" });

    await eventually(async () => {
      await using after = await openList(settings, sentinel.password);
      expect(await after.publish([message(LIST_NATIVE)], { kind: "redis-list", key: "orders", end: "left" }, soon())).toMatchObject([{ status: "confirmed" }]);
      expect((await collect(after, source, 1)).deaths.map(({ identity }) => identity)).toEqual(held.deaths.map(({ identity }) => identity));
    }, { timeoutMs: 40_000, intervalMs: 500 });
  });

  test("a master that nobody watches is told as such", TIMEOUT, async () => {
    await using sentinel = await startSentinel();
    await expect(openList({ host: "127.0.0.1", port: sentinel.port, sentinelMaster: "unknown" }, sentinel.password)).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
  });

  test("a cluster: keys of every node are captured and listed, and a node that is gone is noticed", TIMEOUT, async () => {
    await using cluster = await startCluster();
    const settings = { host: "127.0.0.1", port: cluster.port, cluster: true, keys: "*" };
    const client = new Cluster([{ host: "127.0.0.1", port: cluster.port }], { redisOptions: { password: cluster.password } });
    try {
      // slots of all three nodes, a key with a tag of its own among them
      for (const key of ["orders:dead", "mails:dead", "{shop}:payments:dead", "carts:dead", "a:dead"]) await works.list(settings, cluster.password, key);
      for (const key of ["orders:dlq", "mails:dlq", "{shop}:payments:dlq"]) await works.stream(settings, cluster.password, key, client);
      await using session = await openList(settings, cluster.password);
      await expect(collect(session, redisList.source.parse({ queue: "odd}key" }), 1)).rejects.toMatchObject({ code: "invalid", detail: expect.stringContaining("hash slot") });
      await client.lpush("orders:dead", "stays");
      const source = redisList.source.parse({ queue: "orders:dead" });
      const capturing = (async () => {
        for await (const batch of session.capture(source, null, LIMITS, soon())) await batch.accept();
      })();
      await eventually(async () => expect(await client.exists("orders:dead")).toBe(0));
      const slot = await client.cluster("KEYSLOT", "orders:dead");
      await cluster.nodes[Math.floor(Number(slot) / Math.ceil(16_384 / 3))]?.stop();
      await expect(capturing).rejects.toMatchObject({ name: "Fault" });
      const [outcome] = await session.publish([message(LIST_NATIVE)], { kind: "redis-list", key: "orders:dead", end: "left" }, soon());
      expect(["refused", "unknown"]).toContain(outcome?.status);
    } finally {
      client.disconnect();
    }
  });

  test("with TLS: a certificate that an authority vouches for, and no other", TIMEOUT, async () => {
    await using tls = await startTls();
    const settings = { host: "127.0.0.1", port: tls.port, tls: true, keys: "*" };
    for (const open of [openList, openStream]) await expect(open(settings, tls.password)).rejects.toMatchObject({ name: "Fault", code: "unauthorised" });
    // an authority of one's own is named to Node by its environment, as operators do
    const script = `
      const { connectRedisList } = await import("#workers/adapters/redis/connect-list.ts");
      const { connectRedisStream } = await import("#workers/adapters/redis/connect.ts");
      const { redisList } = await import("#core/brokers/redis-list.ts");
      const { redisStream } = await import("#core/brokers/redis-stream.ts");
      const [settings, password] = ${JSON.stringify([settings, tls.password])};
      const secrets = { password, sentinelPassword: "" };
      const signal = AbortSignal.timeout(15_000);
      const list = await connectRedisList({ name: "tls", settings: redisList.settings.parse(settings), secrets, signal });
      const stream = await connectRedisStream({ name: "tls", settings: redisStream.settings.parse(settings), secrets, signal });
      const [sent] = await list.publish([{ attemptId: "a", body: Buffer.from("by tls"), headers: [], native: ${JSON.stringify(LIST_NATIVE)} }], { kind: "redis-list", key: "tls:dead", end: "left" }, signal);
      await stream.ping(signal);
      for await (const { deaths } of list.capture(redisList.source.parse({ queue: "tls:dead" }), null, ${JSON.stringify(LIMITS)}, signal)) {
        console.log(sent.status, Buffer.from(deaths[0].body).toString());
        break;
      }
      await Promise.all([list[Symbol.asyncDispose](), stream[Symbol.asyncDispose]()]);`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env: { ...process.env, NODE_EXTRA_CA_CERTS: tls.authority }, timeout: 30_000 });
    expect(stdout.trim()).toBe("confirmed by tls");
  });
});
