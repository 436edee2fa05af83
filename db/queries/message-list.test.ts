import { afterAll, beforeAll, expect, test } from "vitest";
import { eq, sql } from "drizzle-orm";
import type { MessageFilter } from "#core/message/filter.ts";
import { connect, type Database } from "#db/client.ts";
import { messages } from "#db/schema/index.ts";
import { insertMessage, insertMessages, insertPlace, type Place } from "#test/factories/message.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { countStates, neighbours, topErrorTypes } from "./message-counts.ts";
import { countNewer, listMessages } from "./message-list.ts";

let scratch: TestDatabase;
let database: Database;
let place: Place;
let other: Place;

beforeAll(async () => {
  scratch = await testDatabase();
  database = connect(scratch.url, { max: 4, name: "test" });
  const { db } = database;
  place = await insertPlace(db, { queue: "payments.dlq", errorType: "CardDeclinedError" });
  other = await insertPlace(db, { connection: "Staging", queue: "emails.dlq" });
  // every third is in doubt, every fifth resolved
  const state = (n: number) => (n % 3 === 0 ? "in_doubt" : n % 5 === 0 ? "resolved" : "dead");
  await insertMessages(db, place, Array.from({ length: 230 }, (_, n) => ({ state: state(n), key: `order-${n}`, errorType: n % 2 ? "CardDeclinedError" : "TimeoutError" })));
  await insertMessages(db, other, Array.from({ length: 40 }, (_, n) => ({ key: `mail-${n}`, diedAt: new Date(Date.now() - 3 * 86_400_000) })));
  await db.execute(sql`analyze messages`);
});
afterAll(async () => {
  await database.close();
  await scratch.drop();
});

const page = (filter: MessageFilter, after: number | null = null, order: "newest" | "oldest" = "newest", limit = 50) =>
  listMessages(database.db, { filter, order, after, limit, budgetMs: 300 });

async function all(filter: MessageFilter, order: "newest" | "oldest" = "newest") {
  const keys: (string | null)[] = [];
  let after: number | null = null;
  do {
    const { rows, next } = await page(filter, after, order);
    keys.push(...rows.map(({ key }) => key));
    after = next;
  } while (after !== null);
  return keys;
}

test("pages hold every message of the filter once, newest or oldest first, for every kind of filter", async () => {
  const filters: MessageFilter[] = [
    {},
    { state: ["dead", "in_doubt"] },
    { source: place.sourceId },
    { connection: place.connectionId, state: ["resolved"] },
    { group: place.groupId, state: ["dead"], error: "CardDeclinedError" },
    { error: "TimeoutError" },
    { error: "TimeoutError", source: place.sourceId, state: ["dead"], q: "order-2" },
    { error: "no such" },
    { group: place.groupId, error: "TimeoutError" },
    { q: "ORDER-1" },
    { q: "mail", source: other.sourceId },
    { since: "1h" },
    { reason: ["expired"] },
  ];
  for (const filter of filters) {
    const expected = (await database.db.select().from(messages))
      .filter((row) => !filter.state || filter.state.includes(row.state))
      .filter((row) => !filter.source || row.sourceId === filter.source)
      .filter((row) => !filter.connection || row.connectionId === filter.connection)
      .filter((row) => !filter.group || row.groupId === filter.group)
      .filter((row) => !filter.error || row.errorType === filter.error)
      .filter((row) => !filter.q || row.search.includes(filter.q.toLowerCase()))
      .filter((row) => !filter.since || row.lastDeathAt.getTime() > Date.now() - 3_600_000)
      .filter((row) => !filter.reason || filter.reason.includes(row.reason))
      .toSorted((a, b) => b.position - a.position)
      .map(({ key }) => key);
    expect(await all(filter), JSON.stringify(filter)).toEqual(expected);
    expect(await all(filter, "oldest"), JSON.stringify(filter)).toEqual(expected.toReversed());
  }
});

test("rows that arrive, die again or leave between pages neither double nor lose others", async () => {
  const source = await insertPlace(database.db, { queue: "moving.dlq" });
  await insertMessages(database.db, source, Array.from({ length: 30 }, (_, n) => ({ key: String(n) })));
  const filter: MessageFilter = { source: source.sourceId, state: ["dead"] };
  const first = await page(filter, null, "newest", 10);
  expect(first.rows.map(({ key }) => key)).toEqual(Array.from({ length: 10 }, (_, n) => String(29 - n)));
  await insertMessages(database.db, source, [{ key: "late" }]);
  await database.db.update(messages).set({ state: "discarded" }).where(eq(messages.key, "25"));
  await database.db.update(messages).set({ position: sql`nextval('message_position')` }).where(eq(messages.key, "12"));
  const second = await page(filter, first.next, "newest", 10);
  expect(second.rows.map(({ key }) => key)).toEqual(["19", "18", "17", "16", "15", "14", "13", "11", "10", "9"]);
  expect(await countNewer(database.db, filter, first.rows[0]!.position, 100, 300)).toBe(2);
});

test("a row carries no body and no more than the beginning of a long text", async () => {
  const source = await insertPlace(database.db, { queue: "long.dlq" });
  await insertMessage(database.db, source, { errorType: "E".repeat(5_000), errorMessage: "x".repeat(1_000_000), key: "k".repeat(5_000) });
  const { rows } = await page({ source: source.sourceId });
  expect(JSON.stringify(rows).length).toBeLessThan(2_000);
});

test("a wildcard typed into the search is a character like any other", async () => {
  const source = await insertPlace(database.db, { queue: "wild.dlq" });
  await insertMessages(database.db, source, [{ key: "100%_sure" }, { key: "1000 sure" }, { key: "back\\slash" }]);
  expect((await page({ source: source.sourceId, q: "100%_" })).rows.map(({ key }) => key)).toEqual(["100%_sure"]);
  expect((await page({ source: source.sourceId, q: "k\\s" })).rows.map(({ key }) => key)).toEqual(["back\\slash"]);
});

test("counts tell every state apart and ignore the filter's own states", async () => {
  const counts = await countStates(database.db, { source: place.sourceId, state: ["dead"] }, 1_000);
  expect(counts).toEqual({ dead: 123, in_doubt: 77, queued: 0, sending: 0, resent: 0, resolved: 30, discarded: 0 });
});

test("counts whose time is up are unknown, not zero", async () => {
  expect((await countStates(database.db, {}, 0)).dead).toBeNull();
});

test("the message next to another one within a filter", async () => {
  const { rows } = await page({ source: place.sourceId, state: ["dead"] });
  const [newest, next, third] = rows;
  const filter: MessageFilter = { source: place.sourceId, state: ["dead"] };
  expect(await neighbours(database.db, filter, next!.position, 300)).toEqual({ newer: newest!.id, older: third!.id });
  expect(await neighbours(database.db, filter, newest!.position, 300)).toEqual({ newer: null, older: next!.id });
});

test("error types come from the groups", async () => {
  expect((await topErrorTypes(database.db, place.sourceId, 10)).toSorted((a, b) => b.errorType.localeCompare(a.errorType))).toEqual([
    { errorType: "TimeoutError", deaths: 115 },
    { errorType: "CardDeclinedError", deaths: 115 },
  ]);
});
