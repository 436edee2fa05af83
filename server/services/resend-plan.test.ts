import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import type { Header } from "#core/message/header.ts";
import { insertMessage, insertPlace } from "#test/factories/message.ts";
import { deathHeaders } from "#test/factories/death-headers.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { planSelection } from "./resend-plan.ts";

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase();
  database = connect(scratch.url, { max: 4, name: "test" });
});
afterAll(async () => {
  await database.close();
  await scratch.drop();
});

test("a plan tells where the messages go, what is left out, and which do not know their way", async () => {
  const place = await insertPlace(database.db, { queue: "payments.dlq" });
  const died = (queue: string): Header[] => deathHeaders({ queue, exchange: "orders", routingKey: "order.created" });
  await insertMessage(database.db, place, { headers: died("payments") });
  await insertMessage(database.db, place, { headers: died("payments") });
  await insertMessage(database.db, place, { headers: [], normal: { rule: "unknown" } });
  const plan = await planSelection(database.db, { by: "filter", filter: { source: place.sourceId } });
  expect(plan.sampled).toBe(3);
  expect(plan.kinds).toEqual(["rabbitmq"]);
  expect(plan.failedQueue).toContainEqual({ target: { kind: "rabbitmq", exchange: "", routingKey: "payments" }, count: 2 });
  expect(plan.origin).toContainEqual({ target: { kind: "rabbitmq", exchange: "orders", routingKey: "order.created" }, count: 2 });
  expect(plan.strip).toContain("x-death");
});

test("a selection by ids is looked at by those ids only", async () => {
  const place = await insertPlace(database.db);
  const id = await insertMessage(database.db, place, { headers: deathHeaders({ queue: "emails" }) });
  await insertMessage(database.db, place);
  const plan = await planSelection(database.db, { by: "ids", ids: [id] });
  expect(plan).toMatchObject({ sampled: 1, failedQueue: [{ target: { routingKey: "emails" }, count: 1 }] });
});
