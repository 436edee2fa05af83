import { afterAll, beforeAll, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { connect, type Database } from "#db/client.ts";
import { messages } from "#db/schema/index.ts";
import { insertMessages, insertPlace } from "#test/factories/message.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { listMessages } from "./message-list.ts";

const COUNT = 120_000;
let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase();
  database = connect(scratch.url, { max: 4, name: "test" });
  const place = await insertPlace(database.db);
  const [id] = await insertMessages(database.db, place, [{ key: "needle" }]);
  // many copies of one message with other ids, made by Postgres: quicker than one by one
  await database.db.execute(sql`
    insert into ${messages} (id, position, connection_id, source_id, group_id, state, deaths, last_death_id, body_id, size, rule, reason,
      search, captured_at, last_death_at, changed_at)
    select gen_random_uuid(), nextval('message_position'), connection_id, source_id, group_id, 'dead', 1, last_death_id, body_id, size, rule, reason,
      repeat(md5(n::text), 20), captured_at, last_death_at, changed_at
    from ${messages}, generate_series(1, ${COUNT}) as n where id = ${id}`);
  await database.db.execute(sql`analyze messages`);
}, 120_000);
afterAll(async () => {
  await database.close();
  await scratch.drop();
});

test("a search that runs out of time says how far it came, and going on from there finds what it missed", async () => {
  let after: number | null = null;
  let pages = 0;
  let longest = 0;
  const found: (string | null)[] = [];
  do {
    const started = performance.now();
    const page = await listMessages(database.db, { filter: { q: "needle" }, order: "newest", after, limit: 100, budgetMs: 25 });
    longest = Math.max(longest, performance.now() - started);
    expect(page.partial).toBe(page.next !== null);
    if (after !== null && page.next !== null) expect(page.next).toBeLessThan(after);
    found.push(...page.rows.map(({ key }) => key));
    after = page.next;
    pages += 1;
  } while (after !== null);
  expect(found).toEqual(["needle"]);
  expect(pages).toBeGreaterThan(1);
  expect(longest).toBeLessThan(1_000);
});

test("no filter waits for a search: the list of the same table is a few milliseconds", async () => {
  const started = performance.now();
  const page = await listMessages(database.db, { filter: { state: ["dead", "in_doubt"] }, order: "newest", after: 60_000, limit: 100, budgetMs: 300 });
  expect(page.rows).toHaveLength(100);
  expect(performance.now() - started).toBeLessThan(250);
});
