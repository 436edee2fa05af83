import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { connections, leases, sourceMinutes, workers } from "#db/schema/index.ts";
import { aConnection, aGroup, aSource, callerAs, someMessages } from "#test/factories/places.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

const HOUR = 3_600_000;
let home: TestDatabase;
let database: Database;
let viewer: ReturnType<typeof callerAs>;
const at = { connectionId: "", sourceId: "", groupId: "" };

beforeAll(async () => {
  home = await testDatabase();
  database = connect(home.url, { max: 2, name: "test" });
  viewer = callerAs(database, "viewer");
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const exactly = (count: number) => ({ count, capped: false });

test("an empty installation counts zero and has no oldest", async () => {
  expect(await viewer.overview.counters()).toEqual({
    dead: exactly(0),
    inDoubt: exactly(0),
    underWay: exactly(0),
    watched: exactly(0),
    resolved24h: exactly(0),
    discarded: exactly(0),
    oldestDeadAt: null,
  });
  expect(await viewer.overview.workers()).toEqual([]);
  expect((await viewer.overview.flow()).every((minute) => minute.died === 0)).toBe(true);
});

test("each state is counted once, up to the cap", async () => {
  const { db } = database;
  at.connectionId = (await aConnection(db, { name: "Orders", state: "down", faultCode: "unreachable", faultDetail: "refused" })).id;
  at.sourceId = (await aSource(db, at.connectionId, { name: "orders.dlq", faultCode: "not_found", faultAt: new Date() })).id;
  at.groupId = (await aGroup(db, at.sourceId)).id;
  await someMessages(db, at, "dead", 1, { agoMs: 3 * HOUR });
  await someMessages(db, at, "dead", 10_005);
  await someMessages(db, at, "in_doubt", 2);
  await someMessages(db, at, "queued", 3);
  await someMessages(db, at, "sending", 4);
  await someMessages(db, at, "resent", 5);
  await someMessages(db, at, "resolved", 6, { agoMs: 23 * HOUR });
  await someMessages(db, at, "resolved", 7, { agoMs: 25 * HOUR });
  await someMessages(db, at, "discarded", 8);
  const counters = await viewer.overview.counters();
  expect(counters).toMatchObject({
    dead: { count: 10_000, capped: true },
    inDoubt: exactly(2),
    underWay: exactly(7),
    watched: exactly(5),
    resolved24h: exactly(6),
    discarded: exactly(8),
  });
  const oldest = Date.parse(counters.oldestDeadAt ?? "");
  expect(Math.abs(Date.now() - 3 * HOUR - oldest)).toBeLessThan(60_000);
});

test("flow sums the sources of each minute", async () => {
  const { db } = database;
  const second = await aSource(db, at.connectionId, { name: "mail.dlq", capturing: false });
  const minute = sql`date_trunc('minute', now()) - interval '10 minutes'`;
  await db.insert(sourceMinutes).values([
    { sourceId: at.sourceId, minute, died: 5, resent: 2 },
    { sourceId: second.id, minute, died: 1, discarded: 3 },
    { sourceId: second.id, minute: sql`date_trunc('minute', now()) - interval '2 hours'`, died: 100 },
  ]);
  const flow = await viewer.overview.flow();
  expect(flow).toHaveLength(60);
  expect(flow.filter((each) => each.died > 0)).toEqual([{ died: 6, resent: 2, discarded: 3 }]);
});

test("health: broken connections and sources with their faults, workers with their age and leases", async () => {
  const { db } = database;
  const duty = { name: "capture", since: "2026-01-01T00:00:00.000Z", restarts: 2, lastError: "boom" };
  await db.insert(workers).values([
    { id: "w1", host: "a", pid: 1, version: "0.1.0", beatAt: sql`now()`, duties: JSON.stringify([duty]) },
    { id: "w2", host: "b", pid: 2, version: "0.1.0", duties: "{", beatAt: sql`now() - interval '1 minute'` },
    { id: "w3", host: "c", pid: 3, version: "0.1.0", beatAt: sql`now() - interval '2 days'` },
  ]);
  await db.insert(leases).values([
    { name: "capture:x", holder: "w1", token: 1, until: sql`now() + interval '1 minute'` },
    { name: "measure", holder: "w1", token: 1, until: sql`now() - interval '1 minute'` },
  ]);
  const places = await viewer.overview.places();
  expect(places).toMatchObject({ sources: 2, capturing: 1, connections: [{ name: "Orders", state: "down", faultCode: "unreachable" }] });
  // the connection is down, which tells it all
  expect(places.faultySources).toEqual([]);
  await db.update(connections).set({ state: "up" });
  const again = await viewer.overview.places();
  expect(again.faultySources).toMatchObject([{ name: "orders.dlq", connection: "Orders", faultCode: "not_found" }]);
  const [w1, w2, ...others] = await viewer.overview.workers();
  expect(w1).toMatchObject({ id: "w1", leases: ["capture:x"], duties: [duty] });
  expect(w1?.silentMs).toBeLessThan(15_000);
  expect(w2?.duties).toEqual([]);
  expect(w2?.silentMs).toBeGreaterThan(59_000);
  expect(others).toEqual([]);
});
