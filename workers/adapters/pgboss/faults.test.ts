import { randomUUID } from "node:crypto";
import type { PgBoss } from "pg-boss";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { bossAccess, dieAll, makePair, openBossSession, startBoss, type BossAccess } from "#test/brokers/pgboss.ts";
import { eventually } from "#test/eventually.ts";
import { startFaultProxy, type FaultProxy } from "#test/fault-proxy.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { asFault, surelyUndone } from "./faults.ts";

let database: TestDatabase;
let boss: PgBoss;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await testDatabase();
  boss = await startBoss(database.url, "jobs");
  sql = postgres(database.url, { max: 3, onnotice: () => undefined });
});
afterAll(async () => {
  await boss.stop({ graceful: false });
  await sql.end({ timeout: 1 });
  await database.drop();
});

const access = (): BossAccess => bossAccess(database.url, "jobs");
const through = ({ host, port }: FaultProxy): BossAccess => ({ ...access(), settings: { ...access().settings, host, port } });
const limits = { maxBytes: 1_000_000, maxCount: 100, maxWaitMs: 1_000 };
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const message = (): Outgoing => ({
  attemptId: randomUUID(),
  body: new TextEncoder().encode('{"a":1}'),
  headers: [],
  native: { transport: "amqp-0.9.1", queue: "q", exchange: "", routingKey: "q", redelivered: false, properties: { priority: 3 } },
});

test("an answer that is lost after the commit leaves the outcome unknown; publishing the attempt again finds its job", async () => {
  const pair = await makePair(boss);
  await using proxy = await startFaultProxy(access().settings);
  await using session = await openBossSession(through(proxy));
  const target = { kind: "pgboss", queue: pair.work } as const;
  const lost = message();
  const waits = (): Promise<readonly unknown[]> => sql`
    select from pg_stat_activity
    where application_name = 'redrive test' and wait_event_type = 'Lock' and datname = current_database()`;
  // The commit checks that the queue is there, for which it waits on the lock of its row.
  const { publishing } = await sql.begin(async (holder) => {
    await holder`select from jobs.queue where name = ${pair.work} for update`;
    const started = { publishing: session.publish([lost], target, soon()) };
    await eventually(async () => expect(await waits()).toHaveLength(1));
    proxy.blackhole("toClient");
    return started;
  });
  await eventually(async () => expect(await sql`select from jobs.job where id = ${lost.attemptId}`).toHaveLength(1));
  proxy.reset();
  expect(await publishing).toMatchObject([{ status: "unknown", fault: { code: "unreachable" } }]);
  await using direct = await openBossSession(access());
  expect(await direct.publish([lost], target, soon())).toEqual([{ status: "confirmed", receipt: lost.attemptId }]);
  expect((await boss.fetch(pair.work, { batchSize: 10 })).map(({ id }) => id)).toEqual([lost.attemptId]);
});

test("a silent server: a publish is unknown at its deadline, held letters cannot be accepted, the session is lost within 9 s", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, [{ n: 1 }]);
  await using proxy = await startFaultProxy(access().settings);
  await using session = await openBossSession(through(proxy));
  const target = { kind: "pgboss", queue: pair.work } as const;
  await session.publish([message()], target, soon());
  const { value: batch } = await session.capture({ queue: pair.dead }, null, limits, soon())[Symbol.asyncIterator]().next();
  proxy.blackhole("both");
  const from = performance.now();
  const publishing = session.publish([message()], target, AbortSignal.timeout(500));
  const accepting = expect(batch?.accept()).rejects.toBeInstanceOf(Fault);
  expect(await publishing).toMatchObject([{ status: "unknown", fault: { code: "timeout" } }]);
  await expect(session.lost).rejects.toMatchObject({ code: "timeout" });
  expect(performance.now() - from).toBeLessThan(9_000);
  await accepting;
});

test("codes of client and server become faults, without what a body holds", () => {
  const server = (code: string, severity = "ERROR"): unknown => ({ code, severity, message: "in the server's words", detail: 'Token "secret"' });
  const expected: readonly (readonly [unknown, string])[] = [
    [server("28P01", "FATAL"), "unauthorised"],
    [server("28000", "FATAL"), "unauthorised"],
    [server("42501"), "unauthorised"],
    [server("3D000", "FATAL"), "not_found"],
    [server("42P01"), "not_found"],
    [server("57P01", "FATAL"), "unreachable"],
    [server("57P03", "FATAL"), "unreachable"],
    [server("57014"), "timeout"],
    [server("53300", "FATAL"), "throttled"],
    [server("53100"), "blocked"],
    [server("25006"), "blocked"],
    [server("22P05"), "invalid"],
    [server("54001"), "too_large"],
    [server("40P01"), "internal"],
    [{ code: "ECONNREFUSED" }, "unreachable"],
    [{ code: "CONNECTION_CLOSED" }, "unreachable"],
    [{ code: "EPIPE" }, "unreachable"],
    [{ code: "CONNECT_TIMEOUT" }, "timeout"],
    [{ code: "SELF_SIGNED_CERT_IN_CHAIN" }, "unauthorised"],
    [{ code: "ERR_SSL_WRONG_VERSION_NUMBER" }, "unsupported"],
    [new TypeError("no"), "internal"],
    ["thrown text", "internal"],
    [undefined, "internal"],
  ];
  for (const [error, code] of expected) {
    expect(asFault(error)).toMatchObject({ name: "Fault", code });
    expect(asFault(error).detail).not.toContain("secret");
  }
  const fault = new Fault("nacked", "kept");
  expect(asFault(fault)).toBe(fault);
});

test("only what surely did nothing counts as undone", () => {
  expect(surelyUndone({ code: "22P02", severity: "ERROR" })).toBe(true);
  expect(surelyUndone({ code: "28P01", severity: "FATAL" })).toBe(true);
  expect(surelyUndone({ code: "ECONNREFUSED" })).toBe(true);
  for (const error of [{ code: "57P01", severity: "FATAL" }, { code: "CONNECTION_CLOSED" }, { code: "ECONNRESET" }, new Fault("timeout", ""), undefined]) {
    expect(surelyUndone(error)).toBe(false);
  }
});
