import { afterAll, beforeAll, expect, test } from "vitest";
import { connectSql, type SqlClient } from "#db/sql-client.ts";
import { newId } from "#db/new-id.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { deleteStrays, dropOldestDay, makePartitions } from "./partitions.ts";

const DAY_MS = 86_400_000;
let database: TestDatabase;
let pool: SqlClient;
beforeAll(async () => {
  database = await testDatabase();
  pool = connectSql(database.url, { max: 4, name: "partitions test" });
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

async function deliver(at: number, state: string): Promise<string> {
  const id = newId(at);
  await pool.sql`insert into delivery_contents (id, body, headers, native) values (${id}, '', '[]', '{}')`;
  await pool.sql`
    insert into deliveries (id, route_id, position, state, next_trigger, size)
    values (${id}, ${crypto.randomUUID()}, nextval('delivery_position'), ${state}, 'first', 0)`;
  await pool.sql`
    insert into delivery_attempts (id, delivery_id, route_id, number, trigger, worker, started_at)
    values (${newId(at)}, ${id}, ${crypto.randomUUID()}, 1, 'first', 'test', now())`;
  return id;
}

const there = async (id: string): Promise<boolean> => (await pool.sql`select 1 from deliveries where id = ${id}`).length === 1;
const partitionOf = async (id: string): Promise<string> => String((await pool.sql`select tableoid::regclass::text as name from deliveries where id = ${id}`)[0]?.["name"]);

test("a delivery lies in the partition of its day; what a wrong clock made lies aside and is found all the same", async () => {
  const now = Date.now();
  const today = await deliver(now, "pending");
  expect(await partitionOf(today)).toBe(`deliveries_${new Date(now).toISOString().slice(0, 10).replaceAll("-", "")}`);
  const stray = await deliver(now + 400 * DAY_MS, "pending");
  expect(await partitionOf(stray)).toBe("deliveries_other");
  expect(await there(stray)).toBe(true);
  // days that cannot be made for a stray's sake stay unmade, and made ones are made once
  await makePartitions(pool.sql, now + 400 * DAY_MS);
  await makePartitions(pool.sql, now);
  expect(await there(stray)).toBe(true);
});

test("days whose time is over go with all that belongs to them, oldest first; one with work left in it stays", async () => {
  const now = Date.now();
  for (const days of [40, 41, 42]) await makePartitions(pool.sql, now - days * DAY_MS);
  const done = await deliver(now - 42 * DAY_MS, "succeeded");
  const waiting = await deliver(now - 41 * DAY_MS, "retrying");
  const dead = await deliver(now - 40 * DAY_MS, "dead");
  const young = await deliver(now, "succeeded");
  const dropped: string[] = [];
  for (let day = await dropOldestDay(pool.sql, now - 30 * DAY_MS); day !== null; day = await dropOldestDay(pool.sql, now - 30 * DAY_MS)) dropped.push(day.day);
  expect(dropped).toEqual(dropped.toSorted());
  expect(await Promise.all([done, waiting, dead, young].map(there))).toEqual([false, true, false, true]);
  expect((await pool.sql`select 1 from delivery_contents where id = ${done}`).length).toBe(0);
  expect((await pool.sql`select 1 from delivery_attempts where delivery_id = ${done}`).length).toBe(0);
});

test("what lies in no day goes by its age, with all that belongs to it, whatever its id says; work that is left stays", async () => {
  const now = Date.now();
  const far = now + 500 * DAY_MS;
  const old = (id: string, days: number) => pool.sql`update deliveries set changed_at = ${new Date(now - days * DAY_MS)} where id = ${id}`;
  const [done = "", dead = "", waiting = "", young = ""] = await Promise.all(["succeeded", "dead", "retrying", "succeeded"].map((state) => deliver(far, state)));
  for (const id of [done, dead, waiting]) await old(id, 40);
  await old(young, 20);
  // a try of a wrong clock, and a content, whose delivery went with its day
  const orphan = crypto.randomUUID();
  await pool.sql`
    insert into delivery_attempts (id, delivery_id, route_id, number, trigger, worker, started_at)
    values (${newId(far)}, ${orphan}, ${crypto.randomUUID()}, 1, 'first', 'test', now())`;
  await pool.sql`insert into delivery_contents (id, body, headers, native) values (${newId(far)}, '', '[]', '{}')`;
  let rows = 0;
  for (let last = -1; last !== 0; rows += last) last = await deleteStrays(pool.sql, now - 30 * DAY_MS);
  expect(rows).toBe(3 + 3 + 2);
  expect(await Promise.all([done, dead, waiting, young].map(there))).toEqual([false, false, true, true]);
  const left = (table: string, column: string) => pool.sql`select ${pool.sql(column)} as id from ${pool.sql(table)} where id >= ${newId(far - DAY_MS)}`;
  expect((await left("delivery_contents", "id")).map(({ id }) => String(id)).toSorted()).toEqual([waiting, young].toSorted());
  expect((await left("delivery_attempts", "delivery_id")).map(({ id }) => String(id)).toSorted()).toEqual([waiting, young].toSorted());
});

test("a day whose deliveries lie aside keeps their contents until they are done", async () => {
  const now = Date.now();
  const then = now - 60 * DAY_MS;
  const waiting = await deliver(then, "retrying");
  const contents = () => pool.sql`select tableoid::regclass::text as name from delivery_contents where id = ${waiting}`;
  // of a day without partitions all lies aside; only the deliveries' own is in the way of one
  await pool.sql`delete from delivery_contents where id = ${waiting}`;
  await makePartitions(pool.sql, then);
  await pool.sql`insert into delivery_contents (id, body, headers, native) values (${waiting}, '', '[]', '{}')`;
  expect((await contents())[0]?.["name"]).toMatch(/^delivery_contents_\d{8}$/);
  for (let day = await dropOldestDay(pool.sql, now - 30 * DAY_MS); day !== null; ) day = await dropOldestDay(pool.sql, now - 30 * DAY_MS);
  expect(await contents()).toHaveLength(1);
  await pool.sql`update deliveries set state = 'succeeded' where id = ${waiting}`;
  for (let day = await dropOldestDay(pool.sql, now - 30 * DAY_MS); day !== null; ) day = await dropOldestDay(pool.sql, now - 30 * DAY_MS);
  expect(await contents()).toHaveLength(0);
});
