import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:net";
import type { PgBoss } from "pg-boss";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Batch } from "#core/brokers/adapter.ts";
import { startEmbedded } from "#db/embedded/index.ts";
import { bossAccess, dieAll, makePair, openBossSession, startBoss } from "#test/brokers/pgboss.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

let database: TestDatabase;
let boss: PgBoss;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await testDatabase();
  boss = await startBoss(database.url, "jobs");
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
});
afterAll(async () => {
  await boss.stop({ graceful: false });
  await sql.end({ timeout: 1 });
  await database.drop();
});

const access = (): ReturnType<typeof bossAccess> => bossAccess(database.url, "jobs");
const soon = (): AbortSignal => AbortSignal.timeout(10_000);

test("ping answers", async () => {
  await using session = await openBossSession(access());
  await session.ping(soon());
});

test("a schema without pg-boss is not_found, a name in other case is found", async () => {
  await sql`create schema empty_one`;
  for (const schema of ["no_such", "empty_one"]) {
    await expect(openBossSession(bossAccess(database.url, schema))).rejects.toMatchObject({
      code: "not_found",
      detail: `pg-boss is not installed in schema ${schema}`,
    });
  }
  await using session = await openBossSession(bossAccess(database.url, "JOBS"));
  await session.ping(soon());
});

test("a login that may not change jobs is unauthorised, and told what it lacks", async () => {
  const role = `reader_${randomBytes(4).toString("hex")}`;
  await sql.unsafe(`create role ${role} login password 'seen'; grant usage on schema jobs to ${role}; grant select on all tables in schema jobs to ${role}`);
  const { settings } = access();
  try {
    await expect(openBossSession({ settings: { ...settings, username: role }, secrets: { password: "seen" } })).rejects.toMatchObject({
      code: "unauthorised",
      detail: "in schema jobs the login lacks UPDATE on job",
    });
  } finally {
    await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  }
});

test("a wrong password is unauthorised and is not repeated in the fault; a database that is not there is not_found", async () => {
  const server = await ownServer();
  try {
    const { settings, secrets } = bossAccess(server.url, "jobs");
    const wrong = openBossSession({ settings, secrets: { password: "hunter2hunter2" } });
    const fault: unknown = await wrong.catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "Fault", code: "unauthorised" });
    expect(JSON.stringify(fault) + String(fault)).not.toContain("hunter2");
    await expect(openBossSession({ settings: { ...settings, database: "nope" }, secrets })).rejects.toMatchObject({ code: "not_found" });
  } finally {
    await server.end();
  }
});

test("nothing listening is unreachable; a server that never answers is a timeout", async () => {
  const { settings, secrets } = access();
  await expect(openBossSession({ settings: { ...settings, port: 1 }, secrets })).rejects.toMatchObject({ code: "unreachable" });
  const mute = createServer((socket) => socket.on("error", () => undefined).resume());
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const address = mute.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    await expect(openBossSession({ settings: { ...settings, port }, secrets })).rejects.toMatchObject({ code: "timeout" });
  } finally {
    mute.close();
  }
});

test("depth counts what is due, apart from what is active or later; a missing queue is unknown", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, [{ n: 1 }, { n: 2 }, { n: 3 }]);
  await boss.send(pair.dead, { n: 4 }, { startAfter: 3600 });
  await boss.fetch(pair.dead);
  await using session = await openBossSession(access());
  const [dead, missing, work] = await session.depth([{ queue: pair.dead }, { queue: "no-such" }, { queue: pair.work }], soon());
  expect(dead).toEqual({ kind: "exact", ready: 2, inFlight: 1, consumers: null });
  expect(missing).toMatchObject({ kind: "unknown", fault: { code: "not_found" } });
  expect(work).toEqual({ kind: "exact", ready: 0, inFlight: 0, consumers: null });
});

test("depth does not count what capture holds as gone before it is accepted", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, [{ n: 1 }]);
  await using session = await openBossSession(access());
  const limits = { maxBytes: 1_000, maxCount: 10, maxWaitMs: 1_000 };
  const { value: batch } = await session.capture({ queue: pair.dead }, null, limits, soon())[Symbol.asyncIterator]().next();
  expect(await session.depth([{ queue: pair.dead }], soon())).toMatchObject([{ ready: 1 }]);
  await batch?.accept();
  expect(await session.depth([{ queue: pair.dead }], soon())).toMatchObject([{ ready: 0 }]);
});

test("discover lists queues with policy, dead-letter signs and warnings, without pg-boss's own", async () => {
  const pair = await makePair(boss, { policy: "stately" });
  await boss.updateQueue(pair.dead, { retentionSeconds: 3 * 86_400 });
  await using session = await openBossSession(access());
  const found = await session.discover(soon());
  expect(found.find(({ name }) => name === pair.dead)).toEqual({
    name: pair.dead,
    type: "standard",
    source: { queue: pair.dead },
    custody: "taken",
    deadLetterSigns: [{ sign: "target_of", queue: pair.work }, { sign: "name" }],
    warnings: ["pg-boss deletes letters that wait here for longer than 3 days"],
  });
  expect(found.find(({ name }) => name === pair.work)).toMatchObject({ type: "stately", deadLetterSigns: [], warnings: [] });
  expect(found.filter(({ name }) => name.startsWith("__pgboss__"))).toEqual([]);
});

test("the end of the session's own connection is the end of the session, with its fault", async () => {
  await using session = await openBossSession({ ...access(), settings: { ...access().settings } });
  const lost = expect(session.lost).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'redrive test' and datname = current_database()`;
  await lost;
  await expect(session.ping(soon())).rejects.toMatchObject({ code: "unreachable" });
});

test("a server that dies while letters are held: accept and session fail, and nothing is lost", async () => {
  const server = await ownServer();
  try {
    const own = await startBoss(server.url, "jobs");
    const pair = await makePair(own);
    await dieAll(own, pair, [{ n: 1 }, { n: 2 }]);
    await own.stop({ graceful: false });
    await using session = await openBossSession(bossAccess(server.url, "jobs"));
    const limits = { maxBytes: 1_000, maxCount: 10, maxWaitMs: 1_000 };
    const { value: batch } = await session.capture({ queue: pair.dead }, null, limits, soon())[Symbol.asyncIterator]().next();
    expect(batch?.deaths.length).toBe(2);
    const lost = expect(session.lost).rejects.toMatchObject({ code: "unreachable" });
    await server.restart();
    await lost;
    await expect(batch?.accept()).rejects.toMatchObject({ code: "unreachable" });
    await using next = await openBossSession(bossAccess(server.url, "jobs"));
    const { value: again } = await next.capture({ queue: pair.dead }, null, limits, soon())[Symbol.asyncIterator]().next();
    expect(identities(again)).toEqual(identities(batch));
    await again?.accept();
  } finally {
    await server.end();
  }
});

const identities = (batch: Batch | undefined): unknown => batch?.deaths.map(({ identity }) => identity);

async function ownServer(): Promise<{ url: string; restart(): Promise<void>; end(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), "redrive-boss-"));
  const server = await startEmbedded({ dataDir, stopOnSignal: false });
  return {
    url: server.url,
    restart: () => server.restart("immediate"),
    end: async () => {
      await server.stop();
      await rm(server.root, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
