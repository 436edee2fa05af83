import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Redis } from "ioredis";
import { connectionsToPublish, endPublications } from "#db/queries/publications.ts";
import { endApiKey, createApiKey } from "#server/services/api-keys.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { openRedis, type RedisAddress } from "../brokers/redis.ts";
import { eventually } from "../eventually.ts";
import { somebody } from "../people.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { publishApi, type PublishApi } from "./publish-api.ts";

const { server, reason } = await onDemand<RedisAddress>("redis");
let redis: Redis;
beforeAll(async () => {
  if (server === null) return;
  redis = openRedis(server);
  await redis.connect();
});
afterAll(() => redis?.disconnect());

async function makeApi(waitMs = 30_000): Promise<PublishApi> {
  if (server === null) throw new Error(reason);
  return publishApi(server, await newStream(), { waitMs });
}

/** An empty stream: Redrive publishes to no other. */
async function newStream(): Promise<string> {
  const key = `published:${crypto.randomUUID()}`;
  await redis.xgroup("CREATE", key, "readers", "0", "MKSTREAM");
  return key;
}

describe.skipIf(server === null)("publishing through Redrive", { timeout: 120_000 }, () => {
  let api: PublishApi;
  let worker: WorkerProcess;
  beforeAll(async () => {
    api = await makeApi();
    worker = await api.scene.worker();
  });
  afterAll(() => api?.[Symbol.asyncDispose]());

  test("a message is confirmed with its receipt, its bytes and headers as they were given", async () => {
    const target = await newStream();
    const answer = await api.publish(target, "", undefined, { body: undefined, bodyBase64: "/wD+", headers: [["x-tenant", "Zoë"], ["__proto__", "1"]], contentType: "application/cbor" });
    const [[id, fields] = ["", []]] = await redis.xrangeBuffer(target, "-", "+");
    expect(answer, worker.tail()).toMatchObject({ status: 200, json: { status: "confirmed", receipt: id.toString() } });
    expect(fields.map((field) => field.toString("latin1"))).toEqual(expect.arrayContaining(["x-tenant", Buffer.from("Zoë").toString("latin1"), "__proto__", "content-type", "application/cbor", "\xff\0\xfe"]));
    expect(await api.ask("GET", `/api/v1/messages/${String(answer.json["id"])}`)).toMatchObject({ status: 200, json: answer.json });
  });

  test.each([
    { point: "publish.published:1", sent: 1 },
    { point: "publish.claimed:1", sent: 0 },
  ])("a worker killed at $point leaves a doubt that is told and never sent again", async ({ point, sent }) => {
    await using api = await makeApi(300);
    const target = await newStream();
    const dying = await api.scene.worker(point);
    const pending = await api.publish(target, "doubtful", "k");
    expect(pending).toMatchObject({ status: 202, json: { status: "pending" } });
    expect(await dying.ended, dying.tail()).toBe("SIGKILL");
    expect(await api.publish(target, "doubtful", "k")).toMatchObject({ status: 409 });
    await api.scene.pool.sql`update publications set lease_until = now()`;
    await using worker = await api.scene.worker();
    const url = String(pending.json["url"]);
    await eventually(async () => expect(await api.ask("GET", url), worker.tail()).toMatchObject({ status: 202, json: { status: "in_doubt" } }));
    expect(await api.publish(target, "doubtful", "k")).toMatchObject({ status: 202, json: { status: "in_doubt", id: pending.json["id"] } });
    // another message shows that the worker has gone through what there is to publish
    const marker = await api.publish(target, "marker", "m");
    await eventually(async () => expect((await api.ask("GET", `/api/v1/messages/${String(marker.json["id"])}`)).json).toMatchObject({ status: "confirmed" }));
    expect(await redis.xlen(target)).toBe(sent + 1);
  });

  test("while no worker is there a message waits, and a repeat is told so", async () => {
    await using api = await makeApi(100);
    const target = await newStream();
    const waiting = await api.publish(target, "later", "k");
    expect(waiting).toMatchObject({ status: 202, json: { status: "pending" } });
    const again = await api.publish(target, "later", "k");
    expect(again).toMatchObject({ status: 409, json: { id: waiting.json["id"] } });
    await using worker = await api.scene.worker();
    await eventually(async () => expect(await api.publish(target, "later", "k"), worker.tail()).toMatchObject({ status: 200 }));
    expect(await redis.xlen(target)).toBe(1);
  });

  test("what waits for a connection that is removed is refused", async () => {
    await using api = await makeApi(50);
    const orphan = await api.publish(await newStream(), "nowhere");
    const { sql } = api.scene.pool;
    await sql`delete from sources`;
    await sql`delete from connections`;
    expect(await connectionsToPublish(sql)).toEqual([]);
    expect(await endPublications(sql)).toEqual({ doubted: 0, refused: 1 });
    expect(await api.ask("GET", String(orphan.json["url"]))).toMatchObject({ status: 422, json: { fault: { code: "not_found" } } });
  });

  test("only a key that works may publish, and it sees its own messages only", async () => {
    await using api = await makeApi(50);
    const target = await newStream();
    const mine = await api.publish(target, "x", "k");
    const other = await createApiKey(api.scene.pool.db, { id: null, name: "test" }, "other");
    const path = `/api/v1/messages/${String(mine.json["id"])}`;
    expect((await api.ask("GET", path)).status).toBe(202);
    expect((await api.ask("GET", path, { key: other.key })).status).toBe(404);
    expect((await api.ask("GET", "/api/v1/messages/nonsense")).status).toBe(404);
    for (const key of [null, "", "rdr_", `${api.key}x`, api.key.toUpperCase(), "' or 1=1"]) for (const [method, at] of [["POST", "/api/v1/messages"], ["POST", "/api/token"], ["GET", path]] as const) expect((await api.ask(method, at, { key })).status).toBe(401);
    const [row] = await api.scene.pool.sql`select hash, last_used_at from api_keys where id = ${api.keyId}`;
    expect(row?.["last_used_at"]).toBeInstanceOf(Date);
    expect(JSON.stringify(row)).not.toContain(api.key.slice(4));
    await endApiKey(api.scene.pool.db, await somebody(api.scene.pool.db, "admin"), api.keyId);
    expect((await api.publish(target, "x")).status).toBe(401);
  });

  test("a token is good for one request of the key it was issued to", async () => {
    await using api = await makeApi(50);
    const target = await newStream();
    const { status, json } = await api.ask("POST", "/api/token");
    expect(status).toBe(201);
    const token = String(json["token"]);
    const other = await createApiKey(api.scene.pool.db, { id: null, name: "test" }, "other");
    const withToken = (given: string, body: string, key = api.key) => api.ask("POST", "/api/v1/messages", { key, body: { connection: "orders", target: { key: target }, body }, headers: { "idempotency-key": given } });
    expect((await withToken(token, "x", other.key)).status).toBe(422);
    for (const forged of [`${token}A`, token.slice(0, -4), "rit_", `rit_${"A".repeat(54)}`]) expect((await withToken(forged, "x")).status, forged).toBe(422);
    expect((await withToken(token, "x")).status).toBe(202);
    expect((await withToken(token, "x")).status).toBe(409);
    expect((await withToken(token, "y")).status).toBe(422);
    const [row] = await api.scene.pool.sql`select count(*)::int as count from publications`;
    expect(row).toEqual({ count: 1 });
  });

  test("what can not be published is told with the field at fault, and nothing is written", async () => {
    await using api = await makeApi(50);
    const post = (body: unknown, headers: Record<string, string> = {}) => api.ask("POST", "/api/v1/messages", { body, headers });
    const right = { connection: "orders", target: { key: "k" }, body: "x" };
    const cases: [unknown, number, string | undefined][] = [
      ["{", 400, undefined],
      [{ ...right, connection: "none" }, 404, "connection"],
      [{ ...right, target: { key: "" } }, 400, "target.key"],
      [{ ...right, target: { subject: "s" } }, 400, "target.key"],
      [{ ...right, bodyBase64: "eA==" }, 400, "body"],
      [{ ...right, body: undefined }, 400, "body"],
      [{ ...right, headers: [["a"]] }, 400, "headers.0"],
      [{ ...right, headers: [["a", "\uD800"]] }, 400, "headers.0"],
      [{ ...right, key: "a\0" }, 400, "key"],
      [{ ...right, connection: "a\0" }, 400, "connection"],
      [{ ...right, extra: 1 }, 400, undefined],
    ];
    for (const [body, status, field] of cases) {
      const answer = await post(body);
      expect(answer.status, JSON.stringify(body)).toBe(status);
      if (field !== undefined) expect(String(answer.json["field"])).toContain(field);
    }
    expect((await post(right, { "content-type": "text/plain" })).status).toBe(415);
    expect((await post(right, { "idempotency-key": "a b" })).status).toBe(400);
    const [row] = await api.scene.pool.sql`select count(*)::int as count from publications`;
    expect(row).toEqual({ count: 0 });
  });
});
