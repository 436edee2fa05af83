import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "#core/brokers/adapter.ts";
import { redisList } from "#core/brokers/redis-list.ts";
import { decode, plan } from "#core/decoders/index.ts";
import { stamped } from "#core/lineage.ts";
import type { Outgoing, RawDeath } from "#core/message/raw.ts";
import { collect } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRedis, startRedis, type RedisAddress, type TestRedis } from "#test/brokers/redis.ts";
import { listAccess } from "#test/brokers/redis-list-harness.ts";
import { connectRedisList } from "./connect-list.ts";

const { server: available } = await onDemand<RedisAddress>("redis");
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const ID = "0197f2a0-4d53-7d62-8f3a-0a3f5b6c7d01";

/** A message as the resend duty sends it. */
function outgoing(death: RawDeath, rule: string, body?: Uint8Array): Outgoing {
  const resend = plan(death, rule);
  return { attemptId: crypto.randomUUID(), body: body ?? resend.body ?? death.body, headers: stamped(death.headers, { messageId: ID, count: 1, origin: "redis/dead" }), native: death.native };
}

describe.skipIf(available === null)("jobs that libraries keep dead", () => {
  let server: TestRedis;
  let redis: Redis;
  let session: Session<typeof redisList>;
  beforeAll(async () => {
    server = await startRedis();
    redis = openRedis(server);
    await redis.connect();
    session = await connectRedisList({ name: "jobs.test", ...listAccess(server), signal: soon() });
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    redis?.disconnect();
    await server?.stop();
  });

  const captured = async (queue: string, envelope: string): Promise<RawDeath> => {
    const { deaths } = await collect(session, redisList.source.parse({ queue, envelope }), 1);
    const [death] = deaths;
    if (death === undefined) throw new Error("nothing was captured");
    return death;
  };
  const resent = async (death: RawDeath, body?: Uint8Array) => {
    const { rule } = decode(death);
    const target = plan(death, rule).failedQueue;
    if (target?.kind !== "redis-list") throw new Error("the message does not tell where it failed");
    const [outcome] = await session.publish([outgoing(death, rule, body)], target, soon());
    return outcome;
  };

  const bullmqJob = { name: "charge", data: '{"order":12345678901234567890}', opts: '{"attempts":3}', timestamp: "1773480409123", finishedOn: "1773480478123", processedOn: "1773480477123", ats: "3", atm: "3", failedReason: "card declined", stacktrace: '["Error: card declined\\n    at charge (/app/worker.js:12:9)"]', parentKey: "bull:carts:7", pb: "worker-1" };

  test("BullMQ: the job leaves its set whole, waits again with nothing of its failure, and its parent waits for it", async () => {
    await redis.hset("bull:orders:meta", { version: "bullmq:5.61.0", "opts.maxLenEvents": "10000" });
    await redis.hset("bull:orders:1042", bullmqJob);
    await redis.zadd("bull:orders:failed", 1773480478123, "1042");
    await redis.hset("bull:carts:7", "name", "cart");
    await redis.hset("bull:carts:7:failed", "bull:orders:1042", "card declined");
    const death = await captured("bull:orders:failed", "bullmq");
    expect(decode(death)).toMatchObject({ rule: "bullmq", attempts: 3, originalMessageId: "1042", error: { message: "card declined" } });
    expect(Buffer.from(death.body).toString()).toBe(bullmqJob.data);
    expect(await redis.exists("bull:orders:1042", "bull:orders:failed")).toBe(0);

    expect(await resent(death)).toMatchObject({ status: "confirmed" });
    expect(await redis.hgetall("bull:orders:1042")).toEqual({ name: "charge", data: bullmqJob.data, opts: bullmqJob.opts, timestamp: bullmqJob.timestamp, parentKey: bullmqJob.parentKey, "redrive-id": ID, "redrive-count": "1", "redrive-origin": "redis/dead" });
    expect(await redis.lrange("bull:orders:wait", 0, -1)).toEqual(["1042"]);
    expect(await redis.zrange("bull:orders:marker", "0", "-1", "WITHSCORES")).toEqual(["0", "0"]);
    expect((await redis.xrange("bull:orders:events", "-", "+"))[0]?.[1]).toEqual(["event", "waiting", "jobId", "1042", "prev", "failed"]);
    expect([await redis.smembers("bull:carts:7:dependencies"), await redis.exists("bull:carts:7:failed")]).toEqual([["bull:orders:1042"], 0]);

    // it dies again: the stamp in its hash says which message it is
    await redis.lrem("bull:orders:wait", 0, "1042");
    await redis.zadd("bull:orders:failed", 1773480578123, "1042");
    expect((await captured("bull:orders:failed", "bullmq")).headers).toContainEqual({ name: "redrive-id", value: { t: "text", v: ID } });
  });

  test("BullMQ: a paused queue gets it in its paused list, and a job of the same id is not overwritten", async () => {
    await redis.hset("bull:held:meta", { version: "bullmq:5.61.0", paused: "1" });
    await redis.hset("bull:held:1", bullmqJob);
    await redis.zadd("bull:held:failed", 1, "1");
    const death = await captured("bull:held:failed", "bullmq");
    expect(await resent(death)).toMatchObject({ status: "confirmed" });
    expect([await redis.lrange("bull:held:paused", 0, -1), await redis.exists("bull:held:wait", "bull:held:marker")]).toEqual([["1"], 0]);
    expect(await resent(death)).toMatchObject({ status: "refused", fault: { code: "invalid", detail: expect.stringContaining("there is a job of this id again") } });
    expect(await redis.llen("bull:held:paused")).toBe(1);
  });

  test("BullMQ 6: a paused queue keeps its jobs where they wait, and a priority is kept", async () => {
    await redis.hset("bull:six:meta", { version: "bullmq:6.7.0", paused: "1" });
    await redis.hset("bull:six:1", bullmqJob);
    await redis.hset("bull:six:2", { ...bullmqJob, priority: "5" });
    await redis.zadd("bull:six:failed", 1, "1");
    expect(await resent(await captured("bull:six:failed", "bullmq"))).toMatchObject({ status: "confirmed" });
    await redis.zadd("bull:six:failed", 1, "2");
    expect(await resent(await captured("bull:six:failed", "bullmq"))).toMatchObject({ status: "confirmed" });
    expect(await redis.lrange("bull:six:wait", 0, -1)).toEqual(["1"]);
    expect(await redis.zrange("bull:six:prioritized", "0", "-1", "WITHSCORES")).toEqual(["2", String(5 * 2 ** 32 + 1)]);
    expect(await redis.exists("bull:six:paused", "bull:six:marker")).toBe(0);
  });

  test("BullMQ: a queue that does not tell its version is left alone", async () => {
    await redis.hset("bull:old:1", bullmqJob);
    await redis.zadd("bull:old:failed", 1, "1");
    const death = await captured("bull:old:failed", "bullmq");
    expect(await resent(death)).toMatchObject({ status: "refused", fault: { detail: expect.stringContaining("BullMQ 5 or 6") } });
    expect(await redis.keys("bull:old:*")).toEqual([]);
  });

  test("Sidekiq: the job is pushed without its failure, and the queue is known", async () => {
    const job = '{"retry":5,"queue":"low","class":"ChargeWorker","args":[12345678901234567890],"jid":"b4a577edbccf1d805744efa9","error_message":"no","error_class":"CardDeclined","failed_at":1773480413123,"retry_count":5}';
    await redis.zadd("dead", 1773480478.123, job);
    const death = await captured("dead", "sidekiq");
    expect(decode(death)).toMatchObject({ rule: "sidekiq", attempts: 6 });
    expect(await resent(death)).toMatchObject({ status: "confirmed" });
    expect(await redis.smembers("queues")).toEqual(["low"]);
    const [pushed] = await redis.lrange("queue:low", 0, -1);
    expect(pushed).toBe(`{"retry":5,"queue":"low","class":"ChargeWorker","args":[12345678901234567890],"jid":"b4a577edbccf1d805744efa9","redrive-id":"${ID}","redrive-count":"1","redrive-origin":"redis/dead"}`);
    // it dies again as Sidekiq writes it, with what it was given
    await redis.zadd("dead", 1773480578.123, `${pushed?.slice(0, -1)},"error_class":"CardDeclined","error_message":"no","retry_count":5}`);
    expect((await captured("dead", "sidekiq")).headers).toContainEqual({ name: "redrive-id", value: { t: "text", v: ID } });
  });

  test("RQ: the job's hash is made again without its failure, and its id pushed where RQ's workers look", async () => {
    const pickled = Buffer.from([0x78, 0x9c, 0x80, 0xff, 0x00, 0x04]);
    await redis.hset("rq:job:j1", new Map<string, string | Buffer>([["data", pickled], ["origin", "default"], ["description", "shop.charge(1)"], ["status", "failed"], ["ended_at", "2026-03-14T09:26:53.123456Z"], ["exc_info", "E"], ["timeout", "180"]]));
    await redis.zadd("rq:failed:default", 1805016478, "j1");
    const death = await captured("rq:failed:default", "rq");
    expect(decode(death)).toMatchObject({ rule: "rq", originalMessageId: "j1", consumer: { handler: "shop.charge" } });
    expect(await redis.exists("rq:job:j1", "rq:failed:default")).toBe(0);
    expect(await resent(death)).toMatchObject({ status: "confirmed" });
    const hash = await redis.hgetall("rq:job:j1");
    expect(hash).toMatchObject({ origin: "default", status: "queued", started_at: "", ended_at: "", timeout: "180", "redrive-id": ID });
    expect(hash["exc_info"]).toBeUndefined();
    expect(hash["enqueued_at"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect((await redis.hgetBuffer("rq:job:j1", "data"))?.equals(pickled)).toBe(true);
    expect([await redis.lrange("rq:queue:default", 0, -1), await redis.smembers("rq:queues")]).toEqual([["j1"], ["rq:queue:default"]]);
  });

  test("Dramatiq: the message and its id go back together", async () => {
    const message = '{"queue_name":"default","actor_name":"charge","args":[],"kwargs":{},"options":{"redis_message_id":"r1","retries":3},"message_id":"m1","message_timestamp":1}';
    await redis.hset("dramatiq:default.XQ.msgs", "r1", message);
    await redis.zadd("dramatiq:default.XQ", 1773480413123, "r1");
    const death = await captured("dramatiq:default.XQ", "dramatiq");
    expect(Buffer.from(death.body).toString()).toBe(message);
    expect(await redis.exists("dramatiq:default.XQ", "dramatiq:default.XQ.msgs")).toBe(0);
    expect(await resent(death)).toMatchObject({ status: "confirmed" });
    expect(await redis.lrange("dramatiq:default", 0, -1)).toEqual(["r1"]);
    expect(JSON.parse((await redis.hget("dramatiq:default.msgs", "r1")) ?? "")).toMatchObject({ actor_name: "charge", options: { redis_message_id: "r1", "redrive-id": ID } });
    expect(await resent(death, Buffer.from('{"options":{}}'))).toMatchObject({ status: "refused", fault: { detail: expect.stringContaining("redis_message_id") } });
  });

  test("a job whose hash is gone is stored as its id, blocks nobody, and can not be requeued", async () => {
    await redis.zadd("bull:gone:failed", 1, "1");
    const death = await captured("bull:gone:failed", "bullmq");
    expect(death.native).toMatchObject({ id: "1", gone: true });
    expect(await resent(death)).toMatchObject({ status: "refused", fault: { detail: expect.stringContaining("only the job's id was left") } });
  });

  test("a message cut out of its wrapper is sent alone, as its bytes stood there", async () => {
    await redis.lpush("shop:dead", '{"error":"no","payload":"{\\"order\\":12345678901234567890}","queue":"shop"}');
    const { deaths } = await collect(session, redisList.source.parse({ queue: "shop:dead", pointers: { error: "/error", payload: "/payload", queue: "/queue" } }), 1);
    const [death] = deaths;
    expect(Buffer.from(death?.body ?? []).toString()).toBe('{"order":12345678901234567890}');
    expect(await resent(death as RawDeath)).toMatchObject({ status: "confirmed" });
    expect(await redis.lrange("shop", 0, -1)).toEqual(['{"order":12345678901234567890}']);
  });

  test("where an id would be parted from its job, nothing is taken", async () => {
    await redis.zadd("asynq:{default}:archived", 1, "t1");
    await redis.zadd("bull:plain:failed", 1, "1");
    await redis.rpush("a:list:failed", "x");
    const attempt = (queue: string, envelope: string) => collect(session, redisList.source.parse({ queue, envelope }), 1);
    await expect(attempt("asynq:{default}:archived", "plain")).rejects.toMatchObject({ name: "Fault", code: "unsupported" });
    await expect(attempt("bull:plain:failed", "plain")).rejects.toMatchObject({ name: "Fault", code: "invalid", detail: expect.stringContaining("bullmq") });
    await expect(attempt("a:list:failed", "bullmq")).rejects.toMatchObject({ name: "Fault", code: "invalid", detail: expect.stringContaining("holds a list") });
    expect([await redis.zcard("asynq:{default}:archived"), await redis.zcard("bull:plain:failed"), await redis.llen("a:list:failed")]).toEqual([1, 1, 1]);
  });

  test("discovery tells which library keeps its dead where, and why it thinks so", async () => {
    await redis.set("queues:unrelated", "1");
    await redis.hset("bull:seen:meta", "version", "bullmq:5.61.0");
    await redis.zadd("bull:seen:failed", 1, "1");
    await redis.zadd("rq:failed:seen", 1, "1");
    const found = new Map((await session.discover(soon())).map((queue) => [queue.name, queue]));
    expect(found.get("bull:seen:failed")).toMatchObject({ type: "bullmq, zset", source: { envelope: "bullmq" }, custody: "taken", deadLetterSigns: [{ sign: "target_of", queue: "bull:seen:wait" }], warnings: [expect.stringContaining("removeOnFail")] });
    expect(found.get("rq:failed:seen")).toMatchObject({ source: { envelope: "rq" }, deadLetterSigns: [{ sign: "target_of", queue: "rq:queue:seen" }] });
    expect(found.get("asynq:{default}:archived")?.warnings).toContainEqual(expect.stringContaining("does not capture them"));
    expect([...found.keys()].filter((key) => key.startsWith("redrive:"))).toEqual([]);
  });
});
