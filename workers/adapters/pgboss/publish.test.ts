import { randomUUID } from "node:crypto";
import type { PgBoss, Queue } from "pg-boss";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PublishOutcome } from "#core/brokers/adapter.ts";
import type { Native, Outgoing } from "#core/message/raw.ts";
import { bossAccess, dieAll, makePair, openBossSession, startBoss } from "#test/brokers/pgboss.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

let database: TestDatabase;
let boss: PgBoss;
let sql: postgres.Sql;
let session: Awaited<ReturnType<typeof openBossSession>>;

beforeAll(async () => {
  database = await testDatabase();
  boss = await startBoss(database.url, "jobs");
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  session = await openBossSession(bossAccess(database.url, "jobs"));
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await boss.stop({ graceful: false });
  await sql.end({ timeout: 1 });
  await database.drop();
});

type BossNative = Extract<Native, { transport: "pgboss" }>;
const NATIVE: BossNative = {
  transport: "pgboss",
  queue: "any.dlq",
  jobId: randomUUID(),
  priority: 0,
  singletonKey: null,
  groupId: null,
  retryCount: 0,
  retryLimit: 2,
  createdOn: "2026-03-14T09:27:58.123Z",
  sourceName: null,
  sourceId: null,
  sourceCreatedOn: null,
  sourceRetryCount: null,
  output: null,
};
const outgoing = (body: string | Uint8Array, native: Partial<BossNative> = {}): Outgoing => ({
  attemptId: randomUUID(),
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  headers: [],
  native: { ...NATIVE, ...native },
});
const send = (messages: readonly Outgoing[], queue: string): Promise<readonly PublishOutcome[]> =>
  session.publish(messages, { kind: "pgboss", queue }, AbortSignal.timeout(10_000));
const newQueue = async (options: Omit<Queue, "name"> = {}): Promise<string> => {
  const name = `queue-${randomUUID()}`;
  await boss.createQueue(name, options);
  return name;
};
const confirmed = ({ attemptId }: Outgoing): PublishOutcome => ({ status: "confirmed", receipt: attemptId });

test("a published job has exactly the columns that pg-boss's own send writes", async () => {
  const dead = await newQueue();
  const queue = await newQueue({
    retryLimit: 7,
    retryDelay: 3,
    retryBackoff: true,
    retryDelayMax: 90,
    expireInSeconds: 77,
    retentionSeconds: 1000,
    deleteAfterSeconds: 500,
    heartbeatSeconds: 30,
    deadLetter: dead,
    partition: true,
  });
  const keys = { priority: 5, singletonKey: "ord-1", groupId: "acme" };
  const ours = outgoing('{"a":1}', keys);
  expect(await send([ours], queue)).toEqual([confirmed(ours)]);
  await boss.send(queue, { a: 1 }, { priority: 5, singletonKey: "ord-1", group: { id: "acme" } });
  const rows = await sql<Record<string, unknown>[]>`
    select to_jsonb(j) - array['id', 'created_on', 'start_after', 'keep_until'] as job,
      keep_until - start_after as kept, start_after = created_on as at_once
    from jobs.job j where name = ${queue} order by created_on`;
  expect(rows.length).toBe(2);
  expect(rows[0]).toEqual(rows[1]);
});

test("a long number, a repeated escape and text in any script arrive; no bytes is no data", async () => {
  const queue = await newQueue();
  const big = outgoing('{"id": 12345678901234567890.10, "名": "naïve 🦊 \\u00e9 \\\\ \\""}');
  const none = outgoing("");
  expect(await send([big, none], queue)).toEqual([confirmed(big), confirmed(none)]);
  const stored = await sql<{ id: string; data: string | null }[]>`select id, data::text as data from jobs.job where name = ${queue}`;
  const data = new Map(stored.map((row) => [row.id, row.data]));
  expect(data.get(big.attemptId)).toBe('{"id": 12345678901234567890.10, "名": "naïve 🦊 é \\\\ \\""}');
  expect(data.get(none.attemptId)).toBeNull();
});

test("what jsonb cannot hold is refused one by one, the others go in, in order", async () => {
  const queue = await newQueue();
  const bad: Readonly<Record<string, string | Uint8Array>> = {
    "the body is not valid UTF-8": Uint8Array.of(0x22, 0xff, 0x22),
    "the body is not valid JSON": '{"a":',
    "holds \\u0000": '{"a":"\\u0000"}',
    "number too large": "1e200000",
    "nested too deep": `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
  };
  const messages = Object.values(bad).flatMap((body, n) => [outgoing(`{"n":${n}}`), outgoing(body)]);
  const outcomes = await send(messages, queue);
  for (const [n, sentence] of Object.keys(bad).entries()) {
    expect(outcomes[2 * n]).toEqual(confirmed(messages[2 * n]!));
    const outcome = outcomes[2 * n + 1]!;
    expect(outcome).toMatchObject({ status: "refused" });
    if (outcome.status === "refused") {
      expect(outcome.fault.detail).toContain(sentence);
      expect(["invalid", "too_large"]).toContain(outcome.fault.code);
    }
  }
  for (const body of ['{"a":"\\ud800"}', "\ufeff{}", '{"a":"\u0000"}', "{} {}", "1,{}"]) {
    expect(await send([outgoing(body)], queue)).toMatchObject([{ status: "refused", fault: { code: "invalid" } }]);
  }
  expect((await boss.fetch<{ n: number }>(queue, { batchSize: 10 })).map(({ data }) => data.n).toSorted()).toEqual([0, 1, 2, 3, 4]);
});

test("a queue that does not exist is refused, its name may hold anything", async () => {
  expect(await send([outgoing("{}"), outgoing("{}")], "no'such\"; drop table")).toMatchObject([
    { status: "refused", fault: { code: "not_found" } },
    { status: "refused", fault: { code: "not_found" } },
  ]);
});

test("the same attempt published twice is one job and confirmed twice, also when a worker has it", async () => {
  const queue = await newQueue();
  const message = outgoing('{"a":1}');
  expect(await send([message], queue)).toEqual([confirmed(message)]);
  await boss.fetch(queue);
  expect(await send([message, outgoing("{}")], queue)).toMatchObject([confirmed(message), { status: "confirmed" }]);
  const rows = await sql`select from jobs.job where name = ${queue}`;
  expect(rows.length).toBe(2);
});

test("what the queue's policy keeps out is refused, and says so", async () => {
  const queue = await newQueue({ policy: "short" });
  const messages = [outgoing("1", { singletonKey: "k" }), outgoing("2", { singletonKey: "k" }), outgoing("3", { singletonKey: "other" })];
  expect(await send(messages, queue)).toMatchObject([confirmed(messages[0]!), { status: "refused", fault: { code: "nacked" } }, confirmed(messages[2]!)]);
  const strict = await newQueue({ policy: "key_strict_fifo" });
  const keyed = outgoing("2", { singletonKey: "k" });
  expect(await send([outgoing("1"), keyed], strict)).toMatchObject([{ status: "refused", fault: { code: "invalid" } }, confirmed(keyed)]);
});

test("a resent job that dies again is known by its attempt, and by the root of its chain", async () => {
  const pair = await makePair(boss);
  const [first] = await dieAll(boss, pair, [{ a: 1 }]);
  const limits = { maxBytes: 1_000_000, maxCount: 10, maxWaitMs: 1_000 };
  const batches = session.capture({ queue: pair.dead }, null, limits, new AbortController().signal)[Symbol.asyncIterator]();
  const life = async (): Promise<BossNative> => {
    const { value } = await batches.next();
    await value?.accept();
    return value?.deaths[0]?.native as BossNative;
  };
  const born = await life();
  expect(born.sourceId).toBe(first);
  for (let round = 0, native = born; round < 2; round++) {
    const attempt = outgoing('{"a": 1}', native);
    expect(await send([attempt], pair.work)).toEqual([confirmed(attempt)]);
    const [job] = await boss.fetch(pair.work);
    await boss.fail(pair.work, job!.id, new Error("again"));
    native = await life();
    expect(native).toMatchObject({ sourceName: pair.work, sourceId: attempt.attemptId, sourceRootId: first });
  }
});

test("1,200 messages of a bulk resend: an outcome each, all there", async () => {
  const queue = await newQueue();
  const messages = Array.from({ length: 1_200 }, (_, n) => outgoing(`{"n":${n}}`));
  const outcomes = await send(messages, queue);
  expect(outcomes).toEqual(messages.map(confirmed));
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from jobs.job where name = ${queue}`;
  expect(row?.count).toBe(1_200);
});

test("a queue that notifies its workers is notified", async () => {
  const queue = await newQueue({ notify: true });
  const channel = await sql<{ name: string }[]>`select 'pgboss_' || left(encode(sha224('jobs'::bytea), 'hex'), 24) as name`;
  const heard = Promise.withResolvers<string>();
  await sql.listen(channel[0]!.name, heard.resolve);
  await send([outgoing("{}")], queue);
  expect(await heard.promise).toBe(queue);
});

test("a deadline that passes while the insert waits for a lock leaves the outcome unknown", async () => {
  const queue = await newQueue({ partition: true });
  const [{ table } = { table: "" }] = await sql<{ table: string }[]>`select table_name as table from jobs.queue where name = ${queue}`;
  await sql.begin(async (holder) => {
    await holder`lock table ${holder(`jobs.${table}`)} in access exclusive mode`;
    const outcome = await session.publish([outgoing("{}")], { kind: "pgboss", queue }, AbortSignal.timeout(300));
    expect(outcome).toMatchObject([{ status: "unknown", fault: { code: "timeout" } }]);
  });
});

test("a connection the server ends while the insert waits leaves the outcome unknown; the session goes on", async () => {
  const queue = await newQueue({ partition: true });
  const [{ table } = { table: "" }] = await sql<{ table: string }[]>`select table_name as table from jobs.queue where name = ${queue}`;
  await sql.begin(async (holder) => {
    await holder`lock table ${holder(`jobs.${table}`)} in access exclusive mode`;
    const publishing = send([outgoing("{}")], queue);
    await expect.poll(async () => {
      const ended = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'redrive test' and wait_event_type = 'Lock' and datname = current_database()`;
      return ended.length;
    }).toBe(1);
    expect(await publishing).toMatchObject([{ status: "unknown", fault: { code: "unreachable" } }]);
  });
  expect(await send([outgoing("{}")], queue)).toMatchObject([{ status: "confirmed" }]);
});

test("a signal that is over already sends nothing", async () => {
  const queue = await newQueue();
  const outcome = await session.publish([outgoing("{}")], { kind: "pgboss", queue }, AbortSignal.abort());
  expect(outcome).toMatchObject([{ status: "refused", fault: { code: "timeout" } }]);
  expect((await sql`select from jobs.job where name = ${queue}`).length).toBe(0);
});
