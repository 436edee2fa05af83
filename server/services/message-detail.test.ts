import { afterAll, beforeAll, expect, test } from "vitest";
import { eq } from "drizzle-orm";
import { connect, type Database } from "#db/client.ts";
import { attempts, events, messages } from "#db/schema/index.ts";
import { insertMessage, insertPlace } from "#test/factories/message.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { messageDetail } from "./message-detail.ts";
import { orderOperation } from "./order-operation.ts";
import { previewOrder } from "./preview-order.ts";

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

test("death, order and attempt stand in one timeline, each told once, with the acts that are allowed now", async () => {
  const { db, sql } = database;
  const id = await insertMessage(db, await insertPlace(db), { errorType: "CardDeclinedError", diedAt: new Date(Date.now() - 60_000) });
  const selection = { by: "ids" as const, ids: [id] };
  const { asOf } = await previewOrder(db, "resend", selection);
  const { operationId } = await orderOperation(db, sql, { id: "ada", name: "Ada", email: "a@example.com", role: "operator" }, {
    act: "resend",
    selection,
    asOf,
    expected: 1,
    requestId: crypto.randomUUID(),
  });
  const [startedAt, attemptId] = [new Date(Date.now() + 1_000), crypto.randomUUID()];
  await db.insert(attempts).values({ id: attemptId, messageId: id, operationId, number: 1, worker: "w1", startedAt, finishedAt: startedAt, outcome: "refused", faultCode: "unroutable", faultDetail: "no queue" });
  await db.insert(events).values({ messageId: id, at: startedAt, actor: "worker", from: "sending", to: "dead", cause: "refused", operationId, attemptId });
  await db.update(messages).set({ state: "dead", operationId: null }).where(eq(messages.id, id));

  const detail = await messageDetail(db, id);
  expect(detail.timeline.map(({ kind }) => kind)).toEqual(["death", "event", "attempt"]);
  expect(detail.timeline[1]).toMatchObject({ actor: "Ada", from: "dead", to: "queued", act: "resend" });
  expect(detail.timeline[2]).toMatchObject({ time: startedAt.toISOString(), outcome: "refused", faultCode: "unroutable", actor: "Ada" });
  expect(detail).toMatchObject({ state: "dead", hidden: 0, may: { resend: true, discard: true, restore: false, call_back: false, mark_delivered: false } });
});

test("a message that does not exist is not found", async () => {
  await expect(messageDetail(database.db, crypto.randomUUID())).rejects.toMatchObject({ code: "not_found" });
});
