import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { leaseOf, makeDeath, makePlace, type Place } from "#test/factories/place.ts";
import { connect, type Database } from "../client.ts";
import { storeBatch } from "./capture.ts";
import {
  beginAttempts,
  connectionsToSend,
  doubtExpired,
  finishEmptyResends,
  lockQueued,
  nextResend,
  resolveWatched,
  settleAttempts,
  type Verdict,
} from "./sends.ts";

let database: TestDatabase;
let pool: Database;

beforeAll(async () => {
  database = await testDatabase();
  pool = connect(database.url, { max: 8, name: "test" });
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

type Scene = { readonly place: Place; readonly operationId: string; readonly ids: string[] };

/** `count` messages queued by one running resend. */
async function queued(count: number, rate: number | null = null): Promise<Scene> {
  const place = await makePlace(pool.sql);
  const lease = await leaseOf(pool.sql, place);
  const deaths = Array.from({ length: count }, () => makeDeath());
  await storeBatch(pool.sql, { ...place, deaths, notices: [], inHand: [], cursor: null, worker: "test", lease });
  const operationId = crypto.randomUUID();
  const ids = deaths.map((death) => death.id);
  await pool.sql`
    insert into operations (id, act, state, actor_id, actor, destination, selection, rate, total, request_id)
    values (${operationId}, 'resend', 'running', 'p', 'Pat', '{"to":"failed_queue"}', '{}', ${rate}, ${count}, ${crypto.randomUUID()})`;
  await pool.sql`insert into operation_items (operation_id, message_id, outcome) select ${operationId}, unnest(${ids}::uuid[]), 'waiting'`;
  await pool.sql`update messages set state = 'queued', operation_id = ${operationId} where id = any(${ids}::uuid[])`;
  return { place, operationId, ids };
}

type Claimed = { readonly attemptId: string; readonly messageId: string };

async function claim({ place }: Scene, { limit = 100, leaseMs = 60_000, worker = "one" } = {}): Promise<Claimed[]> {
  const connectionIds = [place.connectionId];
  return pool.sql.begin(async (tx) => {
    const resend = await nextResend(tx, connectionIds);
    if (resend === null) return [];
    const rows = await lockQueued(tx, resend, { connectionIds, limit, maxBytes: 1_000_000 });
    const attempts = rows.map((row) => ({ id: crypto.randomUUID(), messageId: row.id, number: row.redrives + 1, target: null }));
    await beginAttempts(tx, resend, { attempts, worker, leaseMs });
    return attempts.map(({ id, messageId }) => ({ attemptId: id, messageId }));
  }) as Promise<Claimed[]>;
}

const verdict = ({ attemptId, messageId }: Claimed, outcome: Verdict["outcome"]): Verdict => ({
  attemptId,
  messageId,
  outcome,
  faultCode: outcome === "confirmed" ? null : "nacked",
  faultDetail: outcome === "confirmed" ? null : "the queue is full",
  receipt: null,
  routed: false,
});

const stateOf = async (id: string | undefined) => (await pool.sql`select state from messages where id = ${id ?? ""}`)[0]?.state;
const operation = async (id: string) => (await pool.sql`select state from operations where id = ${id}`)[0]?.state;
const outcomes = async ({ operationId }: Scene) =>
  Object.fromEntries(
    (await pool.sql`select outcome, count(*)::int as count from operation_items where operation_id = ${operationId} group by outcome`).map(
      (row) => [row.outcome, row.count],
    ),
  );

test("six workers over 300 messages: each is claimed once", async () => {
  const scene = await queued(300);
  const claims = await Promise.all(
    Array.from({ length: 6 }, async (_, i) => {
      const mine: Claimed[] = [];
      for (;;) {
        const more = await claim(scene, { limit: 7, worker: `worker ${i}` });
        if (more.length === 0 && (await pool.sql`select 1 from messages where operation_id = ${scene.operationId} and state = 'queued'`).length === 0)
          return mine;
        mine.push(...more);
      }
    }),
  );
  const claimed = claims.flat().map(({ messageId }) => messageId);
  expect(claimed).toHaveLength(300);
  expect(new Set(claimed)).toEqual(new Set(scene.ids));
  const [attempts] = await pool.sql`select count(*)::int as count from attempts where operation_id = ${scene.operationId}`;
  expect(attempts?.count).toBe(300);
});

test("three verdicts lead to three states, and the operation finishes with its arithmetic right", async () => {
  const scene = await queued(3);
  expect(await connectionsToSend(pool.sql)).toContain(scene.place.connectionId);
  const claimed = await claim(scene);
  expect(await stateOf(scene.ids[0])).toBe("sending");
  const verdicts = (["confirmed", "refused", "unknown"] as const).map((outcome, i) => verdict(claimed[i] as Claimed, outcome));
  await settleAttempts(pool.sql, scene.operationId, verdicts);
  expect(await Promise.all(claimed.map(({ messageId }) => stateOf(messageId)))).toEqual(["resent", "dead", "in_doubt"]);
  expect(await outcomes(scene)).toEqual({ confirmed: 1, refused: 1, unknown: 1 });
  expect(await operation(scene.operationId)).toBe("finished");
});

test("a vanished worker's attempt becomes in doubt, and its late verdict still counts", async () => {
  const scene = await queued(1);
  const [claimed] = await claim(scene, { leaseMs: -1 });
  expect(await doubtExpired(pool.sql)).toBe(1);
  expect(await stateOf(scene.ids[0])).toBe("in_doubt");
  expect(await outcomes(scene)).toEqual({ unknown: 1 });
  await settleAttempts(pool.sql, scene.operationId, [verdict(claimed as Claimed, "confirmed")]);
  expect(await stateOf(scene.ids[0])).toBe("resent");
  expect(await outcomes(scene)).toEqual({ confirmed: 1 });
});

test("a late verdict changes nothing once somebody else owns the message, but is written on its attempt", async () => {
  const scene = await queued(1);
  const [late] = await claim(scene, { leaseMs: -1 });
  await doubtExpired(pool.sql);
  await pool.sql`update messages set state = 'queued', operation_id = ${scene.operationId}, attempt_id = null where id = ${scene.ids[0] ?? ""}`;
  await pool.sql`update operations set state = 'running' where id = ${scene.operationId}`;
  const [holder] = await claim(scene);
  await settleAttempts(pool.sql, scene.operationId, [verdict(late as Claimed, "refused")]);
  expect(await stateOf(scene.ids[0])).toBe("sending");
  await settleAttempts(pool.sql, scene.operationId, [verdict(holder as Claimed, "confirmed")]);
  expect(await stateOf(scene.ids[0])).toBe("resent");
  const attempts = await pool.sql`select number, outcome from attempts where message_id = ${scene.ids[0] ?? ""} order by number`;
  expect([...attempts]).toEqual([{ number: 1, outcome: "refused" }, { number: 2, outcome: "confirmed" }]);
});

test("a resent message is resolved after its window and not before", async () => {
  const scene = await queued(2);
  const claimed = await claim(scene);
  await settleAttempts(pool.sql, scene.operationId, claimed.map((each) => verdict(each, "confirmed")));
  await pool.sql`update messages set watch_until = now() - interval '1 second' where id = ${scene.ids[0] ?? ""}`;
  await resolveWatched(pool.sql);
  expect([await stateOf(scene.ids[0]), await stateOf(scene.ids[1])]).toEqual(["resolved", "resent"]);
});

test("a pace of 10 a second lets no second step through at once", async () => {
  const scene = await queued(10, 10);
  expect(await claim(scene, { limit: 2 })).toHaveLength(2);
  expect(await claim(scene, { limit: 2 })).toHaveLength(0);
  const [row] = await pool.sql`select extract(epoch from next_at - now()) as wait from operations where id = ${scene.operationId}`;
  expect(Number(row?.wait)).toBeGreaterThan(0);
  expect(Number(row?.wait)).toBeLessThanOrEqual(0.2);
});

test("an operation with nothing left is finished, one with something left is not", async () => {
  const [empty, busy] = [await queued(1), await queued(1)];
  await pool.sql`update operation_items set outcome = 'called_back' where operation_id = ${empty.operationId}`;
  await finishEmptyResends(pool.sql);
  expect([await operation(empty.operationId), await operation(busy.operationId)]).toEqual(["finished", "running"]);
});
