import { afterAll, beforeAll, expect, test } from "vitest";
import { leaseOf, makeDeath, makePlace } from "#test/factories/place.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { connect, type Database } from "../client.ts";
import { storeBatch } from "./capture.ts";
import { DEFAULT_RETENTION, purge, readRetention, sweep } from "./retain.ts";

let database: TestDatabase;
let pool: Database;

beforeAll(async () => {
  database = await testDatabase();
  pool = connect(database.url, { max: 2, name: "test" });
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

async function stored(state: string, daysAgo: number): Promise<string> {
  const place = await makePlace(pool.sql);
  const death = makeDeath();
  await storeBatch(pool.sql, { ...place, deaths: [death], notices: [], inHand: [], cursor: null, worker: "test", lease: await leaseOf(pool.sql, place) });
  await pool.sql`update messages set state = ${state}, changed_at = now() - ${daysAgo} * interval '1 day' where id = ${death.id}`;
  return death.id;
}

test("only what is discarded or resolved and past its time is deleted, whole, and the audit log says so", async () => {
  const old = [await stored("discarded", 31), await stored("resolved", 91)];
  const kept = [await stored("discarded", 29), await stored("resolved", 31)];
  for (const state of ["dead", "in_doubt", "queued", "sending", "resent"]) kept.push(await stored(state, 9_999));
  expect(await purge(pool.sql, DEFAULT_RETENTION)).toBe(2);
  expect(await purge(pool.sql, DEFAULT_RETENTION)).toBe(0);
  const left = await pool.sql<{ id: string }[]>`select id from messages`;
  expect(left.map(({ id }) => id).toSorted()).toEqual(kept.toSorted());
  const [rest] = await pool.sql`
    select (select count(*)::int from deaths where message_id = any(${old}::uuid[])) as deaths,
      (select count(*)::int from bodies where id = any(${old}::uuid[])) as bodies`;
  expect(rest).toEqual({ deaths: 0, bodies: 0 });
  const audit = await pool.sql`select actor, detail from audit where act = 'message.purge'`;
  expect(audit).toHaveLength(1);
  expect(JSON.parse(String(audit[0]?.detail))).toEqual({ discarded: 1, resolved: 1, ...DEFAULT_RETENTION });
});

test("the retention of the file counts, else the default", async () => {
  expect(await readRetention(pool.sql)).toEqual(DEFAULT_RETENTION);
  await pool.sql`insert into settings (key, value) values ('retention', '{"discardedDays":1,"resolvedDays":2}')`;
  expect(await readRetention(pool.sql)).toEqual({ discardedDays: 1, resolvedDays: 2 });
});

test("a sweep leaves batches that were not accepted: they still tell a redelivery", async () => {
  const place = await makePlace(pool.sql);
  await pool.sql`insert into capture_batches (source_id, worker, count, accepted_at) values
    (${place.sourceId}, 'a', 1, null), (${place.sourceId}, 'b', 1, now() - interval '2 hours')`;
  await sweep(pool.sql);
  const rows = await pool.sql`select worker from capture_batches where source_id = ${place.sourceId}`;
  expect([...rows]).toEqual([{ worker: "a" }]);
});
