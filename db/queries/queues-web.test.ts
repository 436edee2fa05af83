import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { queueSamples } from "#db/schema/index.ts";
import { aConnection, aQueue, aSource } from "#test/factories/places.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { listQueues, queueTrends, uncapturedQueues } from "./queues-web.ts";

let home: TestDatabase;
let database: Database;
let one: string;
let other: string;

beforeAll(async () => {
  home = await testDatabase();
  database = connect(home.url, { max: 2, name: "test" });
  const { db } = database;
  ({ id: one } = await aConnection(db, { name: "one" }));
  ({ id: other } = await aConnection(db, { name: "other" }));
  const dead = JSON.stringify([{ sign: "target_of", queue: "orders" }, { sign: "name" }]);
  await aQueue(db, one, { name: "orders", ready: 0, depthKind: "exact" });
  await aQueue(db, one, { name: "orders.dlq", ready: 7, depthKind: "exact", deadLetterSigns: dead });
  await aQueue(db, one, { name: "odd_100%", deadLetterSigns: '[{"sign":"name"}]' });
  await aQueue(db, other, { name: "mail.dlq", ready: 3, depthKind: "estimate", deadLetterSigns: dead, warnings: '["no dead-letter exchange"]', place: "truncated", readers: '{"list":[{"name":"billing","behind":4,"place":"set"}],"more":false}' });
  await aQueue(db, other, { name: "gone", goneAt: new Date() });
  await aQueue(db, other, { name: "gone.but.captured", goneAt: new Date() });
  await aSource(db, other, { name: "gone.but.captured", capturing: false });
  await aSource(db, other, { name: "mail.dlq" });
  await aSource(db, other, { name: "orders.dlq" });
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const names = (list: { rows: { name: string }[] }) => list.rows.map((row) => row.name);
const page = { sort: "depth", limit: 100 } as const;

test("deepest first, unknown last and still unknown, gone only while captured", async () => {
  const list = await listQueues(database.db, {}, page);
  expect(names(list)).toEqual(["orders.dlq", "mail.dlq", "orders", "gone.but.captured", "odd_100%"]);
  expect(list.total).toBe(5);
  expect(list.rows.at(-1)).toMatchObject({ ready: null, depthKind: "unknown", measuredAt: null });
  expect(list.rows[1]).toMatchObject({
    connection: "other",
    capturing: true,
    deadLetterSigns: [{ sign: "target_of", queue: "orders" }, { sign: "name" }],
    warnings: ["no dead-letter exchange"],
    place: "truncated",
    readers: { list: [{ name: "billing", behind: 4, place: "set" }], more: false },
  });
  // a source of the same name on another connection is not this queue's
  expect(list.rows[0]).toMatchObject({ sourceId: null });
});

test("filters and the limit narrow; the total says how many there are", async () => {
  expect(names(await listQueues(database.db, { connection: one, deadLetter: true }, page))).toEqual(["orders.dlq", "odd_100%"]);
  expect(names(await listQueues(database.db, { q: "_100%" }, page))).toEqual(["odd_100%"]);
  const short = await listQueues(database.db, {}, { sort: "name", limit: 2 });
  expect([names(short), short.total]).toEqual([["gone.but.captured", "mail.dlq"], 5]);
});

test("dead-letter queues nobody captures", async () => {
  const list = await uncapturedQueues(database.db, 1);
  expect([names(list), list.total]).toEqual([["orders.dlq"], 2]);
});

test("a trend has a point a minute, and a hole where nothing was measured", async () => {
  const [queue] = (await listQueues(database.db, { q: "mail" }, page)).rows;
  const id = queue?.id ?? "";
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  await database.db.insert(queueSamples).values([
    { queueId: id, minute: new Date(minute - 60_000), ready: 5 },
    { queueId: id, minute: new Date(minute - 180_000), ready: 0 },
    { queueId: id, minute: new Date(minute - 7_200_000), ready: 9 },
  ]);
  const [trend] = await queueTrends(database.db, [id]);
  expect(trend?.points).toHaveLength(60);
  // the minute may have turned since
  expect(JSON.stringify(trend?.points)).toMatch(/null,0,null,5(,null){1,2}\]$/);
  expect(trend?.points.filter((point) => point !== null)).toEqual([0, 5]);
});
