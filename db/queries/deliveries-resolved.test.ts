import { afterAll, beforeAll, expect, test } from "vitest";
import { aGroup, someMessages } from "#test/factories/places.ts";
import { aDelivery, aRoute } from "#test/factories/route.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { connect, type Database } from "../client.ts";
import { newId } from "../new-id.ts";
import { claimDeliveries } from "./deliveries-claim.ts";
import { settleDeliveries } from "./deliveries-settle.ts";
import { settleAttempts } from "./sends.ts";

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

/** A dead letter on its way through its route again: the delivery is tried, and the resend that began it has no verdict yet. */
async function onItsWay() {
  const { db, sql } = pool;
  const route = await aRoute(db);
  const { sourceId, connectionId } = route;
  const group = await aGroup(db, sourceId);
  await someMessages(db, { connectionId, sourceId, groupId: group.id }, "sending", 1);
  const [attemptId, operationId] = [newId(), crypto.randomUUID()];
  const [message] = await sql<{ id: string }[]>`update messages set attempt_id = ${attemptId} where source_id = ${sourceId} returning id`;
  const messageId = message?.id ?? "";
  await sql`
    insert into operations (id, act, state, actor_id, actor, destination, selection, total, request_id)
    values (${operationId}, 'resend', 'running', 'p', 'Pat', '{"to":"failed_queue"}', '{}', 1, ${operationId})`;
  await aDelivery(db, route.id, { id: attemptId, messageId, nextTrigger: "operation" });
  const [claimed] = await claimDeliveries(sql, { routeId: route.id, worker: "test", limit: 1, maxBytes: 1e6, leaseMs: 60_000, maxAgeSeconds: null, maxTries: 8, begin: true, pace: null, probe: false, onlyDoomed: false });
  if (claimed === undefined) throw new Error("the delivery is not due");
  const settled = { claimed, by: "try", outcome: { status: "confirmed", answer: null }, durationMs: 5, decision: { to: "succeeded", decidedBy: null }, death: null } as const;
  return {
    arrives: () => settleDeliveries(sql, { id: route.id, sourceId, connectionId, ordered: false, dropBodies: false }, [settled], async () => undefined),
    isConfirmed: () => settleAttempts(sql, operationId, [{ attemptId, messageId, outcome: "confirmed", faultCode: null, faultDetail: null, receipt: null, routed: true }]),
    outcome: async () => {
      const [row] = await sql`select m.state, (select array_agg(cause order by id) from events where message_id = m.id) as causes from messages m where id = ${messageId}`;
      return row;
    },
  };
}

const RESOLVED = { state: "resolved", causes: ["confirmed", "delivered"] };

test("a resend that came through is resolved when its delivery ends", async () => {
  const { arrives, isConfirmed, outcome } = await onItsWay();
  await isConfirmed();
  expect(await outcome()).toEqual({ state: "resent", causes: ["confirmed"] });
  await arrives();
  expect(await outcome()).toEqual(RESOLVED);
});

test("one that came through before the verdict of its resend was written is resolved with the verdict", async () => {
  const { arrives, isConfirmed, outcome } = await onItsWay();
  await arrives();
  expect(await outcome()).toEqual({ state: "sending", causes: null });
  await isConfirmed();
  expect(await outcome()).toEqual(RESOLVED);
});

test("whoever comes later sees the other, also when both write at once", async () => {
  const all = await Promise.all(Array.from({ length: 25 }, onItsWay));
  await Promise.all(all.flatMap(({ arrives, isConfirmed }) => [arrives(), isConfirmed()]));
  expect(await Promise.all(all.map(({ outcome }) => outcome()))).toEqual(all.map(() => RESOLVED));
});
