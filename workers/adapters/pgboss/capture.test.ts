import type { PgBoss } from "pg-boss";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Batch, CaptureLimits } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { bossAccess, dieAll, makePair, openBossSession, startBoss, type Pair } from "#test/brokers/pgboss.ts";
import { eventually } from "#test/eventually.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

const LIMITS: CaptureLimits = { maxBytes: 1_000_000, maxCount: 100, maxWaitMs: 1_000 };
const numbered = (count: number): { n: number }[] => Array.from({ length: count }, (_, n) => ({ n }));

let database: TestDatabase;
let boss: PgBoss;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await testDatabase();
  boss = await startBoss(database.url, "jobs");
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
});
afterAll(async () => {
  await boss.stop({ graceful: false });
  await sql.end({ timeout: 1 });
  await database.drop();
});

const open = (): ReturnType<typeof openBossSession> => openBossSession(bossAccess(database.url, "jobs"));
const states = async ({ dead }: Pair): Promise<Record<string, number>> => {
  const rows = await sql<{ state: string; count: number }[]>`
    select state, count(*)::int as count from jobs.job where name = ${dead} group by state`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
};
const next = async (batches: AsyncIterator<Batch>): Promise<Batch> => {
  const { value, done } = await batches.next();
  if (done === true) throw new Error("capture ended");
  return value as Batch;
};
const body = (batch: Batch): string[] => batch.deaths.map(({ body: bytes }) => Buffer.from(bytes).toString());

test("a letter comes with its body as it is stored and everything pg-boss tells about its death", async () => {
  const pair = await makePair(boss);
  const error = Object.assign(new Error("card declined"), { name: "CardDeclined" });
  const [dead] = await dieAll(boss, pair, [{ order: "ord_1", 名: "李雷" }], error);
  await using session = await open();
  const stop = new AbortController();
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, stop.signal)[Symbol.asyncIterator]();
  const batch = await next(batches);
  const [row] = await sql<{ id: string; created: Date }[]>`select id, created_on as created from jobs.job where name = ${pair.dead}`;
  const { native, identity, headers } = batch.deaths[0]!;
  expect(body(batch)).toEqual(['{"名": "李雷", "order": "ord_1"}']);
  expect(headers).toEqual([]);
  expect(identity).toEqual({ kind: "exact", id: expect.stringMatching(new RegExp(`^${row!.id}@\\d+\\.\\d+$`)) as string });
  expect(native).toMatchObject({
    transport: "pgboss",
    queue: pair.dead,
    jobId: row!.id,
    priority: 0,
    retryCount: 0,
    createdOn: row!.created.toISOString(),
    sourceName: pair.work,
    sourceId: dead,
    sourceRootId: dead,
    sourceRetryCount: 0,
  });
  const output: unknown = JSON.parse(native.transport === "pgboss" ? (native.output ?? "null") : "null");
  expect(output).toMatchObject({ name: "CardDeclined", message: "card declined", stack: expect.stringContaining("capture.test.ts") as string });
  await batch.accept();
  expect(await states(pair)).toEqual({ completed: 1 });
  stop.abort();
  expect((await batches.next()).done).toBe(true);
});

test("no data is an empty body, a JSON null is the text null", async () => {
  const pair = await makePair(boss);
  await boss.send(pair.dead, null);
  await sql`insert into jobs.job (name, data) values (${pair.dead}, 'null')`;
  await using session = await open();
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  const batch = await next(batches);
  expect(body(batch).toSorted()).toEqual(["", "null"]);
  await batch.accept();
});

test("a 20-digit number and text of 2 MB come out whole", async () => {
  const pair = await makePair(boss);
  const data = `{"id": 12345678901234567890, "text": "${"é".repeat(1_000_000)}"}`;
  await sql`insert into jobs.job (name, data) values (${pair.dead}, ${data}::text::jsonb)`;
  await using session = await open();
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  const batch = await next(batches);
  expect(body(batch)).toEqual([data]);
  await batch.release();
});

test("a released batch is there again, with no retry spent and nothing changed", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, numbered(3));
  const before = await sql`select * from jobs.job where name = ${pair.dead} order by id`;
  await using session = await open();
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  const first = await next(batches);
  await first.release();
  expect([...(await sql`select * from jobs.job where name = ${pair.dead} order by id`)]).toEqual([...before]);
  const second = await next(batches);
  expect(second.deaths.map(({ identity }) => identity)).toEqual(first.deaths.map(({ identity }) => identity));
  await second.accept();
  expect(await states(pair)).toEqual({ completed: 3 });
});

test("jobs that are not due, are active, or wait for others stay where they are", async () => {
  const pair = await makePair(boss);
  await boss.send(pair.dead, { what: "later" }, { startAfter: 3600 });
  await boss.send(pair.dead, { what: "active" });
  await boss.fetch(pair.dead);
  await sql`insert into jobs.job (name, data, blocked, pending_dependencies) values (${pair.dead}, '{"what":"blocked"}', true, 1)`;
  await boss.send(pair.dead, { what: "now" });
  await using session = await open();
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  const batch = await next(batches);
  expect(body(batch)).toEqual(['{"what": "now"}']);
  await batch.accept();
  expect(await states(pair)).toEqual({ created: 2, active: 1, completed: 1 });
});

test("batches keep to the limits in number and bytes, and every letter comes once", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, numbered(60).map(({ n }) => ({ n, pad: "x".repeat(n % 7 === 0 ? 20_000 : 100) })));
  await using session = await open();
  const limits = { maxBytes: 50_000, maxCount: 25, maxWaitMs: 1_000 };
  const seen: string[] = [];
  for await (const batch of session.capture({ queue: pair.dead }, null, limits, new AbortController().signal)) {
    expect(batch.deaths.length).toBeLessThanOrEqual(25);
    expect(batch.deaths.reduce((sum, death) => sum + death.body.length, 0)).toBeLessThanOrEqual(50_000);
    seen.push(...body(batch));
    await batch.accept();
    if (seen.length >= 60) break;
  }
  expect(new Set(seen).size).toBe(60);
  expect(await states(pair)).toEqual({ completed: 60 });
});

test("two sessions share a queue, each letter once", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, numbered(40));
  await using one = await open();
  await using two = await open();
  const limits = { ...LIMITS, maxCount: 10 };
  const stop = new AbortController();
  const walk = async (session: typeof one): Promise<string[]> => {
    const seen: string[] = [];
    for await (const batch of session.capture({ queue: pair.dead }, null, limits, stop.signal)) {
      seen.push(...body(batch));
      await batch.accept();
      if ((await states(pair))["completed"] === 40) stop.abort();
    }
    return seen;
  };
  const [left, right] = await Promise.all([walk(one), walk(two)]);
  expect(left.length + right.length).toBe(40);
  expect(new Set([...left, ...right]).size).toBe(40);
});

test("a connection the server ends while letters are held: accept fails, and they are there again", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, numbered(2));
  await using session = await open();
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  const batch = await next(batches);
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'redrive test' and state = 'idle in transaction' and datname = current_database()`;
  await expect(batch.accept()).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
  expect(await states(pair)).toEqual({ created: 2 });
  const again = await next(batches);
  expect(again.deaths.map(({ identity }) => identity)).toEqual(batch.deaths.map(({ identity }) => identity));
  await again.accept();
  expect(await states(pair)).toEqual({ completed: 2 });
});

test("a session that is closed while letters are held gives them back, and accept fails", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, numbered(2));
  const session = await open();
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  const batch = await next(batches);
  await session[Symbol.asyncDispose]();
  await expect(batch.accept()).rejects.toBeInstanceOf(Fault);
  await expect(batches.next()).rejects.toMatchObject({ code: "unreachable" });
  await eventually(async () => expect((await boss.fetch(pair.dead, { batchSize: 10 })).length).toBe(2));
});

test("a letter that arrives while nothing waits is seen at once, and stop ends an idle capture at once", async () => {
  const pair = await makePair(boss);
  await using session = await open();
  const stop = new AbortController();
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, stop.signal)[Symbol.asyncIterator]();
  const waiting = next(batches);
  await dieAll(boss, pair, numbered(1));
  const batch = await waiting;
  expect(batch.deaths.length).toBe(1);
  await batch.accept();
  const idle = batches.next();
  const from = performance.now();
  stop.abort();
  expect((await idle).done).toBe(true);
  expect(performance.now() - from).toBeLessThan(1_000);
});

test("a batch that is undecided when capture ends goes back, one being accepted is accepted", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, numbered(2));
  await using session = await open();
  const stop = new AbortController();
  const batches = session.capture({ queue: pair.dead }, null, { ...LIMITS, maxCount: 1 }, stop.signal)[Symbol.asyncIterator]();
  const [undecided, decided] = [await next(batches), await next(batches)];
  stop.abort();
  const accepting = decided.accept();
  expect((await batches.next()).done).toBe(true);
  await accepting;
  await expect(undecided.accept()).rejects.toMatchObject({ name: "Fault", code: "unreachable" });
  expect(await states(pair)).toEqual({ created: 1, completed: 1 });
  await eventually(async () => expect((await boss.fetch(pair.dead)).length).toBe(1));
});

test("a queue that does not exist is not_found, also when it goes away later", async () => {
  const pair = await makePair(boss);
  await using session = await open();
  const nowhere = session.capture({ queue: "no-such" }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  await expect(nowhere.next()).rejects.toMatchObject({ code: "not_found" });
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  const waiting = expect(batches.next()).rejects.toMatchObject({ code: "not_found" });
  await boss.deleteQueue(pair.work);
  await boss.deleteQueue(pair.dead);
  await waiting;
});

test("a schema of an older pg-boss, without the source columns, is read with nulls in their place", async () => {
  const old = await startBoss(database.url, "old_jobs");
  const pair = await makePair(old);
  await old.send(pair.dead, { a: 1 });
  await old.stop({ graceful: false });
  for (const name of ["source_name", "source_id", "source_created_on", "source_retry_count", "source_output", "source_root_id", "trace_context"]) {
    await sql`alter table old_jobs.job drop column ${sql(name)}`;
  }
  await using session = await openBossSession(bossAccess(database.url, "old_jobs"));
  const batches = session.capture({ queue: pair.dead }, null, LIMITS, new AbortController().signal)[Symbol.asyncIterator]();
  const batch = await next(batches);
  expect(batch.deaths[0]!.native).toMatchObject({ sourceName: null, sourceId: null, sourceCreatedOn: null, sourceRetryCount: null, output: null });
  await batch.accept();
});
