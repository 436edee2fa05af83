import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { faultProxy } from "#test/brokers/fault-proxy.ts";
import { bossAccess, dieAll, makePair, openBossSession, startBoss, type BossAccess } from "#test/brokers/pgboss.ts";
import { eventually } from "#test/eventually.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { asFault, surelyUndone } from "./faults.ts";

let database: TestDatabase;
let boss: PgBoss;

beforeAll(async () => {
  database = await testDatabase();
  boss = await startBoss(database.url, "jobs");
});
afterAll(async () => {
  await boss.stop({ graceful: false });
  await database.drop();
});

const access = (): BossAccess => bossAccess(database.url, "jobs");
const through = (port: number): BossAccess => ({ ...access(), settings: { ...access().settings, host: "127.0.0.1", port } });
const limits = { maxBytes: 1_000_000, maxCount: 100, maxWaitMs: 1_000 };
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const message = (): Outgoing => ({
  attemptId: randomUUID(),
  body: new TextEncoder().encode('{"a":1}'),
  headers: [],
  native: { transport: "amqp-0.9.1", queue: "q", exchange: "", routingKey: "q", redelivered: false, properties: { priority: 3 } },
});

test("a worker that is killed while it holds letters leaves them as they were", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, [{ n: 1 }, { n: 2 }, { n: 3 }]);
  const given = JSON.stringify({ access: access(), queue: pair.dead });
  const worker = spawn(process.execPath, [join(import.meta.dirname, "../../../test/brokers/pgboss-reader.ts"), given], { stdio: ["ignore", "pipe", "inherit"] });
  const [held] = (await once(createInterface({ input: worker.stdout }), "line")) as [string];
  expect(await boss.fetch(pair.dead)).toEqual([]);
  worker.kill("SIGKILL");
  await using session = await openBossSession(access());
  const { value: batch } = await session.capture({ queue: pair.dead }, null, limits, soon())[Symbol.asyncIterator]().next();
  expect(JSON.stringify((batch as { deaths: { identity: unknown }[] }).deaths.map(({ identity }) => identity))).toBe(held);
});

test("a connection cut before the answer leaves the outcome unknown; publishing the attempt again finds its job", async () => {
  const pair = await makePair(boss);
  await using proxy = await faultProxy(access().settings.host, access().settings.port);
  await using session = await openBossSession(through(proxy.port));
  const target = { kind: "pgboss", queue: pair.work } as const;
  expect(await session.publish([message()], target, soon())).toMatchObject([{ status: "confirmed" }]);
  const lost = message();
  proxy.muteServer();
  const publishing = session.publish([lost], target, soon());
  await eventually(() => proxy.heard("insert into"));
  proxy.cut();
  expect(await publishing).toMatchObject([{ status: "unknown", fault: { code: "unreachable" } }]);
  await using direct = await openBossSession(access());
  expect(await direct.publish([lost], target, soon())).toEqual([{ status: "confirmed", receipt: lost.attemptId }]);
  expect((await boss.fetch(pair.work, { batchSize: 10 })).filter(({ id }) => id === lost.attemptId).length).toBe(1);
});

test("a silent server: a publish is unknown at its deadline, held letters cannot be accepted, the session is lost within 9 s", async () => {
  const pair = await makePair(boss);
  await dieAll(boss, pair, [{ n: 1 }]);
  await using proxy = await faultProxy(access().settings.host, access().settings.port);
  await using session = await openBossSession(through(proxy.port));
  const target = { kind: "pgboss", queue: pair.work } as const;
  await session.publish([message()], target, soon());
  const { value: batch } = await session.capture({ queue: pair.dead }, null, limits, soon())[Symbol.asyncIterator]().next();
  proxy.freeze();
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
