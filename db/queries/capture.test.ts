import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { leaseOf, makeDeath, makePlace, type Place } from "#test/factories/place.ts";
import { connect, type Database } from "../client.ts";
import { LeaseLost, markAccepted, storeBatch, type NewDeath } from "./capture.ts";
import { releaseLease, takeLease, type Lease } from "./leases.ts";

let database: TestDatabase;
let pool: Database;

beforeAll(async () => {
  database = await testDatabase();
  pool = connect(database.url, { max: 4, name: "test" });
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

const store = (place: Place, lease: Lease, deaths: NewDeath[], cursor: string | null = null, inHand: number[] = []) =>
  storeBatch(pool.sql, { ...place, deaths, notices: [], cursor, worker: "test", lease, inHand });

const content = (hash: string, redelivered: boolean) => ({ identity: { kind: "content", hash, redelivered } as const });

async function countDeaths(place: Place): Promise<number> {
  const [row] = await pool.sql<{ count: number }[]>`select count(*)::int as count from deaths where source_id = ${place.sourceId}`;
  return row?.count ?? 0;
}

test("a batch becomes messages, deaths, a group and counters", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const deaths = [makeDeath(), makeDeath(), makeDeath({ fingerprint: "other", title: "rejected from orders" })];
  expect((await store(place, lease, deaths)).fresh).toBe(3);
  const rows = await pool.sql`
    select messages.id, state, messages.deaths, groups.title, groups.deaths as "inGroup", bytes
    from messages join groups on groups.id = group_id join bodies on bodies.id = body_id
    where messages.source_id = ${place.sourceId} order by position`;
  expect(rows.map((row) => [row.id, row.state, row.deaths, row.title, row.inGroup])).toEqual([
    [deaths[0]?.id, "dead", 1, "CardDeclinedError at charge()", 2],
    [deaths[1]?.id, "dead", 1, "CardDeclinedError at charge()", 2],
    [deaths[2]?.id, "dead", 1, "rejected from orders", 1],
  ]);
  expect(Buffer.from(deaths[0]?.body ?? []).equals(rows[0]?.bytes)).toBe(true);
  const [minutes] = await pool.sql`select sum(died)::int as died from source_minutes where source_id = ${place.sourceId}`;
  expect(minutes?.died).toBe(3);
});

test("bodies and texts arrive as they are, alone and side by side", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  const json = (text: string) => JSON.stringify([{ name: text, value: { t: "text", v: text } }]);
  const made = [
    makeDeath({ body: new Uint8Array() }),
    makeDeath({ body: every, headers: json("\u001e,\n\u0000\\\"{}'"), normal: json("NULL") }),
    makeDeath({ body: every.subarray(100, 103), native: json("ünïcode 🎈") }),
  ];
  await store(place, lease, made.slice(0, 1));
  await store(place, lease, made.slice(1));
  const rows = await pool.sql`
    select deaths.id, headers, native, normal, bytes from deaths join bodies on bodies.id = body_id
    where deaths.source_id = ${place.sourceId}`;
  expect(rows).toHaveLength(3);
  for (const { id, body, headers, native, normal } of made) {
    const row = rows.find((each) => each.id === id);
    expect([row?.headers, row?.native, row?.normal]).toEqual([headers, native, normal]);
    expect(Buffer.from(body).equals(row?.bytes)).toBe(true);
  }
});

test("an exact identity is stored once, also within one batch", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const exact = (id: string) => makeDeath({ identity: { kind: "exact", id } });
  expect((await store(place, lease, [exact("1"), exact("2"), exact("2")], "2")).fresh).toBe(2);
  expect((await store(place, lease, [exact("2"), exact("3")], "3")).fresh).toBe(1);
  const [source] = await pool.sql`select cursor, captured from sources where id = ${place.sourceId}`;
  expect(source).toEqual({ cursor: "3", captured: 3 });
});

test("a redelivery of a batch that was not accepted adds nothing; two equal messages stay two", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  await store(place, lease, [makeDeath(content("aa", false)), makeDeath(content("aa", false))]);
  // the worker died before its ack: both come again, and once more
  expect((await store(place, lease, [makeDeath(content("aa", true)), makeDeath(content("aa", true))])).fresh).toBe(0);
  const third = await store(place, lease, [makeDeath(content("aa", true)), makeDeath(content("aa", true)), makeDeath(content("aa", true))]);
  expect(third.fresh).toBe(1);
  expect(await countDeaths(place)).toBe(3);
});

test("of two equal messages that both come again in batches of their own, the second is not taken for the first", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const first = await store(place, lease, [makeDeath(content("ee", true))]);
  expect((await store(place, lease, [makeDeath(content("ee", true))], null, [first.batchId])).fresh).toBe(1);
  expect(await countDeaths(place)).toBe(2);
});

test("after the accept, an equal redelivered message is another one", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const first = await store(place, lease, [makeDeath(content("bb", false))]);
  await markAccepted(pool.sql, first.batchId);
  expect((await store(place, lease, [makeDeath(content("bb", true))])).fresh).toBe(1);
});

test("a worker whose lease went to another stores nothing", async () => {
  const place = await makePlace(pool.sql);
  const stale = await leaseOf(pool.sql, place, "sleeper");
  await releaseLease(pool.sql, stale);
  const name = `capture:${place.sourceId}`;
  await expect.poll(() => takeLease(pool.sql, name, "second", 60_000)).not.toBeNull();
  await expect(store(place, stale, [makeDeath()])).rejects.toThrow(LeaseLost);
  expect(await countDeaths(place)).toBe(0);
});

test("a resent message that dies again is a further death of the same message, and comes first", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const first = makeDeath();
  await store(place, lease, [first, makeDeath()]);
  const attemptId = crypto.randomUUID();
  await pool.sql`update messages set state = 'resent', redrives = 1 where id = ${first.id}`;
  await pool.sql`insert into attempts (id, message_id, operation_id, number, worker, started_at)
    values (${attemptId}, ${first.id}, ${crypto.randomUUID()}, 1, 'test', now())`;
  const again = makeDeath({ lineage: { messageId: first.id }, errorType: "TimeoutError", body: Buffer.from("2") });
  const stranger = makeDeath({ lineage: { messageId: crypto.randomUUID() } });
  await store(place, lease, [again, stranger]);
  const rows = await pool.sql`
    select id, state, deaths, error_type as "errorType", size from messages where source_id = ${place.sourceId} order by position desc`;
  expect(rows.map((row) => row.id)).toEqual([stranger.id, first.id, expect.any(String)]);
  expect(rows[1]).toMatchObject({ state: "dead", deaths: 2, errorType: "TimeoutError", size: 1 });
  const [death] = await pool.sql`select number, after_attempt_id as "after" from deaths where id = ${again.id}`;
  expect(death).toEqual({ number: 2, after: attemptId });
  const events = await pool.sql`select from_state as "from", to_state as "to", cause from events where message_id = ${first.id}`;
  expect([...events]).toEqual([{ from: "resent", to: "dead", cause: "died_again" }]);
});

test("a stamp that names a message Redrive never resent is not believed", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const victim = makeDeath();
  await store(place, lease, [victim]);
  const forged = makeDeath({ lineage: { messageId: victim.id } });
  await store(place, lease, [forged]);
  const rows = await pool.sql`select id, deaths from messages where source_id = ${place.sourceId} order by position`;
  expect([...rows]).toEqual([{ id: victim.id, deaths: 1 }, { id: forged.id, deaths: 1 }]);
});

test("what was met stays with the source, also without a death, and only when it was stored", async () => {
  const own = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, own);
  const batch = { ...own, deaths: [], notices: ["offsets 3 to 9 of partition 0 were gone", "a\0b"], cursor: "10", worker: "test", lease, inHand: [] };
  await storeBatch(pool.sql, batch);
  await expect(storeBatch(pool.sql, { ...batch, lease: { ...lease, token: lease.token - 1 } })).rejects.toThrow(LeaseLost);
  const rows = await pool.sql<{ text: string }[]>`select text from source_notices where source_id = ${own.sourceId} order by id`;
  expect(rows.map(({ text }) => text)).toEqual(["offsets 3 to 9 of partition 0 were gone", "a\uFFFDb"]);
});

test("what an accept found out is kept with the mark, and moves the cursor where no later batch has", async () => {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const cursorOf = async () => (await pool.sql<{ cursor: string }[]>`select cursor from sources where id = ${place.sourceId}`)[0]?.cursor;
  const [one, two] = [await store(place, lease, [makeDeath()], "one in hand"), await store(place, lease, [makeDeath()], "two in hand")];
  await markAccepted(pool.sql, one.batchId, { sourceId: place.sourceId, stored: "one in hand", cursor: "none in hand", notices: ["a consumer came back"] });
  expect(await cursorOf()).toBe("two in hand");
  await markAccepted(pool.sql, two.batchId, { sourceId: place.sourceId, stored: "two in hand", cursor: "none in hand", notices: [] });
  expect(await cursorOf()).toBe("none in hand");
  expect(await pool.sql`select 1 from capture_batches where source_id = ${place.sourceId} and accepted_at is null`).toHaveLength(0);
  expect([...(await pool.sql`select text from source_notices where source_id = ${place.sourceId}`)]).toEqual([{ text: "a consumer came back" }]);
});
