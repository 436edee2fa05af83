import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import { connectSql, type SqlClient } from "#db/sql-client.ts";
import { newId } from "#db/new-id.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { claimDeliveries, putBack, type Claimed } from "./deliveries-claim.ts";
import { writeVerdicts, type Settled } from "./deliveries-verdicts.ts";

let database: TestDatabase;
let pool: SqlClient;
beforeAll(async () => {
  database = await testDatabase();
  pool = connectSql(database.url, { max: 4, name: "verdicts test" });
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

/** A route with deliveries that are due. */
async function routeWith(count: number): Promise<string> {
  const { sql } = pool;
  const [connection] = await sql<{ id: string }[]>`
    insert into connections (name, kind, settings, secrets, managed_by) values (${newId()}, 'rabbitmq', '{}', '', 'screen') returning id`;
  const [source] = await sql<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at) values (${connection?.id ?? ""}, ${newId()}, '{}', 'taken', 'screen', false, 'test', now()) returning id`;
  const [route] = await sql<{ id: string }[]>`
    insert into routes (name, source_id, definition, state) values (${newId()}, ${source?.id ?? ""}, '{}', 'running') returning id`;
  const ids = Array.from({ length: count }, () => newId());
  await sql`insert into delivery_contents (id, body, headers, native) select unnest(${ids}::uuid[]), '\\x31', '[]', '{}'`;
  await sql`
    insert into deliveries (id, route_id, position, state, due_at, next_trigger, size)
    select unnest(${ids}::uuid[]), ${route?.id ?? ""}, nextval('delivery_position'), 'pending', now(), 'first', 1`;
  return route?.id ?? "";
}

const claim = (routeId: string, limit: number): Promise<Claimed[]> =>
  claimDeliveries(pool.sql, { routeId, worker: "test", limit, maxBytes: 1 << 20, leaseMs: 15_000, maxAgeSeconds: null, maxTries: 10, begin: true, pace: null, probe: false, onlyDoomed: false });

const confirmed: DeliveryOutcome = { status: "confirmed", answer: { status: 200, headers: [["a", "b"]], body: Buffer.from("\0taken"), cut: false } };
const failed: DeliveryOutcome = { status: "refused", error: { code: "http_status", status: 503, type: null, message: "busy\0", stack: null, retryAfterMs: null }, answer: null };

const came = (claimed: Claimed, durationMs: number): Settled => ({ claimed, by: "try", outcome: confirmed, durationMs, decision: { to: "succeeded", decidedBy: null }, death: null });
const again = (claimed: Claimed): Settled => ({ claimed, by: "try", outcome: failed, durationMs: 3, decision: { to: "retrying", delayMs: 5_000, decidedBy: "status 503" }, death: null });

test("verdicts of several routes are written in one statement, each counted where it belongs", async () => {
  const [first, second] = [await routeWith(3), await routeWith(1)];
  const [a, b, c] = await claim(first, 3);
  const [d] = await claim(second, 1);
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("nothing was claimed");
  const settled: Settled[] = [came(a, 0.4), again(b), { claimed: c, by: "duplicate", of: a.id }, came(d, 3)];
  expect(await writeVerdicts(pool.sql, settled)).toEqual(new Set([a, b, c, d].map(({ id }) => id)));
  const minutes = await pool.sql`
    select route_id, delivered, duplicates, failed, dead, durations[1:3] as durations from route_minutes order by route_id = ${first} desc`;
  expect(minutes).toEqual([
    { route_id: first, delivered: 1, duplicates: 1, failed: 1, dead: 0, durations: [1, 0, 1] },
    { route_id: second, delivered: 1, duplicates: 0, failed: 0, dead: 0, durations: [0, 0, 1] },
  ]);
  const states = await pool.sql`select id, state, attempt_id, due_at > now() + interval '3 seconds' as later, error_message from deliveries where route_id = ${first} order by position`;
  expect(states).toEqual([
    { id: a.id, state: "succeeded", attempt_id: null, later: false, error_message: null },
    { id: b.id, state: "retrying", attempt_id: null, later: true, error_message: "busy\uFFFD" },
    { id: c.id, state: "succeeded", attempt_id: null, later: false, error_message: null },
  ]);
  const tries = await pool.sql`select id, outcome, decision, answer_status, answer_body from delivery_attempts where route_id = ${first} and outcome is not null order by outcome`;
  expect(tries).toEqual([
    { id: a.attemptId, outcome: "confirmed", decision: "succeeded", answer_status: 200, answer_body: Buffer.from("\0taken") },
    { id: b.attemptId, outcome: "refused", decision: "retrying", answer_status: null, answer_body: null },
  ]);
});

test("a verdict on a delivery that another attempt owns changes its try and nothing else, and is not counted", async () => {
  const route = await routeWith(1);
  const [lost] = await claim(route, 1);
  if (lost === undefined) throw new Error("nothing was claimed");
  await pool.sql`update deliveries set state = 'pending', attempt_id = null, lease_until = null where route_id = ${route}`;
  const [now] = await claim(route, 1);
  expect(await writeVerdicts(pool.sql, [came(lost, 1)])).toEqual(new Set());
  expect(await pool.sql`select state, attempt_id from deliveries where route_id = ${route}`).toEqual([{ state: "delivering", attempt_id: now?.attemptId }]);
  expect(await pool.sql`select outcome from delivery_attempts where route_id = ${route} order by id`).toEqual([{ outcome: "confirmed" }, { outcome: null }]);
  expect(await pool.sql`select 1 from route_minutes where route_id = ${route}`).toHaveLength(0);
});

test("what is put back was never tried, and is due as before; what another attempt owns stays its own", async () => {
  const route = await routeWith(2);
  const [first, second] = await claim(route, 2);
  await pool.sql`update deliveries set attempt_id = ${newId()} where id = ${second?.id ?? ""}`;
  await putBack(pool.sql, [first?.attemptId ?? "", second?.attemptId ?? ""]);
  expect(await pool.sql`select state, tries, attempt_id is null as free from deliveries where route_id = ${route} order by position`).toEqual([
    { state: "pending", tries: 0, free: true },
    { state: "delivering", tries: 1, free: false },
  ]);
  expect(await pool.sql`select id from delivery_attempts where route_id = ${route}`).toEqual([{ id: second?.attemptId }]);
  expect((await claim(route, 2)).map(({ id, number, trigger }) => [id, number, trigger])).toEqual([[first?.id, 1, "first"]]);
});
