import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { groupMinutes } from "#db/schema/index.ts";
import { aConnection, aGroup, aSource, callerAs, someMessages } from "#test/factories/places.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { listGroups, type GroupFilter } from "./groups-web.ts";

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Math.floor(Date.now() / MINUTE) * MINUTE - minutes * MINUTE);

let home: TestDatabase;
let database: Database;
const at = { connectionId: "", sourceId: "" };
const ids = { big: "", small: "", settled: "" };

beforeAll(async () => {
  home = await testDatabase();
  database = connect(home.url, { max: 2, name: "test" });
  const { db } = database;
  at.connectionId = (await aConnection(db, { name: "Orders" })).id;
  at.sourceId = (await aSource(db, at.connectionId, { name: "orders.dlq" })).id;
  ids.big = (await aGroup(db, at.sourceId, { title: "CardDeclined at charge()", lastSeenAt: ago(30) })).id;
  ids.small = (await aGroup(db, at.sourceId, { title: "Timeout", errorType: "java.net.SocketTimeout", lastSeenAt: ago(1) })).id;
  ids.settled = (await aGroup(db, at.sourceId, { title: "Old", lastSeenAt: ago(60) })).id;
  await someMessages(db, { ...at, groupId: ids.big }, "dead", 10_020, { origin: "orders", keys: 40 });
  await someMessages(db, { ...at, groupId: ids.small }, "dead", 2, { origin: "mail" });
  await someMessages(db, { ...at, groupId: ids.small }, "in_doubt", 1, { origin: "sms" });
  await someMessages(db, { ...at, groupId: ids.small }, "resent", 4);
  await someMessages(db, { ...at, groupId: ids.settled }, "resolved", 3);
  await db.insert(groupMinutes).values([
    { groupId: ids.small, minute: ago(2), died: 2 },
    { groupId: ids.small, minute: ago(5), died: 1 },
    { groupId: ids.small, minute: ago(600), died: 7 },
    { groupId: ids.small, minute: ago(9_000), died: 9 },
  ]);
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const titles = async (filter: GroupFilter, sort: "last_seen" | "open" = "last_seen") =>
  (await listGroups(database.db, filter, { sort, limit: 10, span: "1h", before: null })).map((group) => group.title);

test("open groups by last seen or by open count; settled ones on request", async () => {
  expect(await titles({})).toEqual(["Timeout", "CardDeclined at charge()"]);
  expect(await titles({}, "open")).toEqual(["CardDeclined at charge()", "Timeout"]);
  expect(await titles({ settled: true })).toEqual(["Timeout", "CardDeclined at charge()", "Old"]);
});

test("found by title or error type, source and connection", async () => {
  expect(await titles({ q: "sockett" })).toEqual(["Timeout"]);
  expect(await titles({ q: "%" })).toEqual([]);
  expect(await titles({ source: at.sourceId, connection: at.connectionId, q: "charge()" })).toEqual(["CardDeclined at charge()"]);
  expect(await titles({ source: crypto.randomUUID() })).toEqual([]);
});

test("open counts are dead and in doubt, and stop at the cap", async () => {
  const [small, big] = await listGroups(database.db, {}, { sort: "last_seen", limit: 10, span: "1h", before: null });
  expect(small).toMatchObject({ open: { count: 3, capped: false }, source: "orders.dlq", connection: "Orders" });
  expect(big).toMatchObject({ open: { count: 10_000, capped: true } });
});

test("the next page goes on where the first ended", async () => {
  const viewer = callerAs(database, "viewer");
  const [first] = await viewer.groups.list({ limit: 1 });
  const rest = await viewer.groups.list({ cursor: { lastSeenAt: first?.lastSeenAt ?? "", id: first?.id ?? "" } });
  expect(rest.map((group) => group.id)).toEqual([ids.big]);
});

test("deaths over an hour by the minute, over a day by the half hour", async () => {
  const trend = async (span: "1h" | "24h") => (await callerAs(database, "viewer").groups.get({ id: ids.small, span })).trend;
  const hour = await trend("1h");
  expect(hour).toHaveLength(60);
  expect(hour.filter((died) => died > 0)).toEqual([1, 2]);
  const day = await trend("24h");
  expect(day).toHaveLength(48);
  expect(day.reduce((sum, died) => sum + died)).toBe(10);
});

test("a group tells its states, origins, keys, newest open message and its last silence", async () => {
  const viewer = callerAs(database, "viewer");
  const small = await viewer.groups.get({ id: ids.small });
  expect(small.states).toEqual([
    { state: "dead", count: { count: 2, capped: false } },
    { state: "in_doubt", count: { count: 1, capped: false } },
    { state: "resent", count: { count: 4, capped: false } },
  ]);
  expect(small.impact).toEqual({ origins: [{ origin: "mail", count: 2 }, { origin: "sms", count: 1 }], keys: 2, sampled: false });
  expect(small.sample).toMatchObject({ state: "in_doubt" });
  expect(small.silence).toEqual({ since: ago(600).toISOString(), until: ago(5).toISOString() });

  const big = await viewer.groups.get({ id: ids.big });
  expect(big.impact).toEqual({ origins: [{ origin: "orders", count: 1_000 }], keys: 40, sampled: true });
  expect(big.silence).toBeNull();
  expect((await viewer.groups.get({ id: ids.settled })).sample).toMatchObject({ state: "resolved" });
  await expect(viewer.groups.get({ id: crypto.randomUUID() })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a canary is ten dead messages", async () => {
  const operator = callerAs(database, "operator");
  expect(new Set(await operator.groups.canary(ids.big)).size).toBe(10);
  expect(await operator.groups.canary(ids.small)).toHaveLength(2);
});
