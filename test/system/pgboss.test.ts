import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { applyConfig } from "#db/queries/apply-config.ts";
import { makeKeyPair } from "#db/secrets.ts";
import type { Actor } from "#server/context.ts";
import { orderOperation } from "#server/services/order-operation.ts";
import { previewOrder } from "#server/services/preview-order.ts";
import { bossAccess, dieAll, makePair, startBoss, type Pair } from "../brokers/pgboss.ts";
import { eventually } from "../eventually.ts";
import { testDatabase, type TestDatabase } from "../postgres.ts";
import { startWorker, type WorkerProcess } from "../worker-process.ts";

// The whole way over pg-boss: a job dies, is captured and decoded, is resent, dies again on the same timeline.
let database: TestDatabase;
let folder: string;
let pool: Database;
let boss: PgBoss;
let pair: Pair;
let worker: WorkerProcess;
const actor: Actor = { id: "p1", name: "Pat", email: "pat@example.com", role: "operator" };

beforeAll(async () => {
  database = await testDatabase();
  pool = connect(database.url, { max: 4, name: "test" });
  folder = await mkdtemp(join(tmpdir(), "redrive-pgboss-"));
  const keys = makeKeyPair();
  const keyFile = join(folder, "secret.key");
  await writeFile(keyFile, keys.privateKey, { mode: 0o600 });
  boss = await startBoss(database.url, "pgboss");
  pair = await makePair(boss);
  const { settings, secrets } = bossAccess(database.url, "pgboss");
  await applyConfig(
    pool.sql,
    {
      connections: [{ name: "jobs", kind: "pgboss", settings, secrets }],
      sources: [{ connection: "jobs", source: { queue: pair.dead }, custody: "taken", consent: true, capture: true, watchSeconds: 60 }],
    },
    keys.privateKey,
  );
  worker = await startWorker({ databaseUrl: database.url, keyFile });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await boss.stop({ graceful: false });
  await pool.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const rows = () => pool.sql`
  select state, deaths, redrives, rule, reason, error_type as "errorType", origin, attempts from messages order by position`;

test("dies, is captured with its history, is resent, dies again as the same message", async () => {
  class CardDeclinedError extends Error {
    override name = "CardDeclinedError";
  }
  await dieAll(boss, pair, [{ orderId: "ord_9" }], new CardDeclinedError("card declined"));
  await eventually(async () => expect(await rows(), worker.tail()).toHaveLength(1));
  expect((await rows())[0]).toEqual({
    state: "dead",
    deaths: 1,
    redrives: 0,
    rule: "pgboss",
    reason: "retries_exhausted",
    errorType: "CardDeclinedError",
    origin: pair.work,
    attempts: 1,
  });
  const selection = { by: "filter" as const, filter: {} };
  const { count, asOf } = await previewOrder(pool.db, "resend", selection);
  await orderOperation(pool.db, pool.sql, actor, { act: "resend", selection, expected: count, asOf, requestId: crypto.randomUUID() });
  await eventually(async () => expect((await rows())[0], worker.tail()).toMatchObject({ state: "resent", redrives: 1 }));
  const [job] = await boss.fetch<{ orderId: string }>(pair.work, { batchSize: 1 });
  expect(job?.data).toEqual({ orderId: "ord_9" });
  await boss.fail(pair.work, job?.id ?? "", new Error("still no stock"));
  await eventually(async () => expect(await rows(), worker.tail()).toMatchObject([{ state: "dead", deaths: 2, redrives: 1 }]));
});

test("the queues of the connection are listed and measured", async () => {
  await boss.send(pair.work, { waiting: true });
  await eventually(async () => {
    const [row] = await pool.sql`select ready, depth_kind as kind from queues where name = ${pair.work}`;
    expect(row, worker.tail()).toEqual({ ready: 1, kind: "exact" });
  });
  const [dead] = await pool.sql`select dead_letter_signs as signs from queues where name = ${pair.dead}`;
  expect(JSON.parse(String(dead?.signs))).toContainEqual({ sign: "target_of", queue: pair.work });
});
