import { afterAll, beforeAll, expect, test } from "vitest";
import { and, count, eq, inArray } from "drizzle-orm";
import { Failure } from "#core/failure.ts";
import { text } from "#core/message/header.ts";
import type { Act } from "#core/message/state.ts";
import type { Order } from "#core/order.ts";
import type { Selection } from "#core/selection.ts";
import { connect, type Database } from "#db/client.ts";
import { readBody } from "#db/queries/message-bodies.ts";
import { audit, bodies, events, messages, operationItems, operations, revisions } from "#db/schema/index.ts";
import { insertMessage, insertMessages, insertPlace, type Place } from "#test/factories/message.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import type { Actor } from "../context.ts";
import { orderOperation } from "./order-operation.ts";
import { previewOrder } from "./preview-order.ts";
import { steerOperation } from "./steer-operation.ts";

let scratch: TestDatabase;
let database: Database;
let place: Place;

const ada: Actor = { id: "ada", name: "Ada", email: "ada@example.com", role: "operator" };
const bob: Actor = { ...ada, id: "bob", name: "Bob" };

beforeAll(async () => {
  scratch = await testDatabase();
  database = connect(scratch.url, { max: 20, name: "test" });
});
afterAll(async () => {
  await database.close();
  await scratch.drop();
});

const newPlace = async () => (place = await insertPlace(database.db));
const ids = (list: string[]): Selection => ({ by: "ids", ids: list });
const dead = (): Selection => ({ by: "filter", filter: { source: place.sourceId, state: ["dead"] } });

async function previewed(act: Act, selection: Selection, more: Partial<Order> = {}): Promise<Order> {
  const { asOf, count } = await previewOrder(database.db, act, selection);
  return { act, selection, asOf, expected: count, requestId: crypto.randomUUID(), ...more };
}
const give = (order: Order, actor = ada) => orderOperation(database.db, database.sql, actor, order);
const stateOf = async (id: string) => (await database.db.select().from(messages).where(eq(messages.id, id)))[0]!.state;
const itemsOf = (operationId: string) => database.db.select().from(operationItems).where(eq(operationItems.operationId, operationId));

test("fifty clicks of one dialog make one operation, one audit entry and one answer", async () => {
  await newPlace();
  await insertMessages(database.db, place, Array.from({ length: 20 }, () => ({})));
  const order = await previewed("resend", dead());
  const answers = await Promise.all(Array.from({ length: 50 }, () => give(order)));
  const { operationId } = answers[0]!;
  expect(answers).toEqual(Array.from({ length: 50 }, () => ({ operationId, total: 20 })));
  expect(await database.db.select().from(operations).where(eq(operations.requestId, order.requestId))).toHaveLength(1);
  expect(await itemsOf(operationId)).toHaveLength(20);
  expect(await database.db.select().from(audit).where(eq(audit.subject, operationId))).toHaveLength(1);
});

test("what a person marks as delivered is watched, and resolved after its window", async () => {
  await newPlace();
  const id = await insertMessage(database.db, place, { state: "in_doubt" });
  await give(await previewed("mark_delivered", ids([id])));
  const [row] = await database.db.select().from(messages).where(eq(messages.id, id));
  expect(row?.state).toBe("resent");
  expect(row?.watchUntil?.getTime()).toBeGreaterThan(Date.now());
});

test("two operators with overlapping selections: each message has one owner, and the slower one is told", async () => {
  await newPlace();
  const all = await insertMessages(database.db, place, Array.from({ length: 300 }, () => ({})));
  const orders = await Promise.all([
    previewed("resend", ids(all.slice(0, 200))),
    previewed("discard", ids(all.slice(100).toReversed()), { reason: "garbage" }),
    previewed("resend", dead()),
  ]);
  const results = await Promise.allSettled(orders.map((order, n) => give(order, n === 1 ? bob : ada)));
  const won = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const lost = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  expect(won.length).toBe(1);
  for (const reason of lost) {
    expect(reason).toBeInstanceOf(Failure);
    expect(reason).toMatchObject({ code: "conflict", field: "expected" });
  }
  const owned = await database.db.select().from(operationItems).where(inArray(operationItems.messageId, all));
  expect(new Set(owned.map(({ messageId }) => messageId)).size).toBe(owned.length);
  expect(owned.length).toBe(won[0]!.total);
  // the losers left nothing behind
  const open = await database.db.select({ n: count() }).from(operations).where(inArray(operations.requestId, orders.map(({ requestId }) => requestId)));
  expect(open[0]!.n).toBe(1);
});

test("a selection is frozen when it is counted: what arrives after it stays", async () => {
  await newPlace();
  await insertMessages(database.db, place, [{}, {}, {}]);
  const order = await previewed("resend", dead());
  const late = await insertMessage(database.db, place);
  const { operationId, total } = await give(order);
  expect(total).toBe(3);
  expect((await itemsOf(operationId)).map(({ messageId }) => messageId)).not.toContain(late);
  expect(await stateOf(late)).toBe("dead");
});

test("an order whose messages moved on changes nothing", async () => {
  await newPlace();
  const [first, second] = await insertMessages(database.db, place, [{}, {}]);
  const order = await previewed("resend", dead());
  await give(await previewed("discard", ids([first!]), { reason: "garbage" }), bob);
  await expect(give(order)).rejects.toMatchObject({ code: "conflict" });
  expect(await stateOf(second!)).toBe("dead");
});

test("the preview names what can not be acted on, by state, and where the rest failed", async () => {
  await newPlace();
  await insertMessages(database.db, place, [{ origin: "orders" }, { origin: "orders" }, { origin: "billing", state: "in_doubt" }, { state: "discarded" }, { state: "sending" }]);
  const preview = await previewOrder(database.db, "resend", { by: "filter", filter: { source: place.sourceId } });
  expect(preview.count).toBe(3);
  expect(preview.origins).toEqual([{ origin: "orders", count: 2 }, { origin: "billing", count: 1 }]);
  expect(preview.blocked.toSorted((a, b) => a.state.localeCompare(b.state))).toEqual([{ state: "discarded", count: 1 }, { state: "sending", count: 1 }]);
});

test("a discard needs a reason, and restore brings the message back with both on its timeline", async () => {
  await newPlace();
  const id = await insertMessage(database.db, place);
  await expect(give(await previewed("discard", ids([id])))).rejects.toMatchObject({ code: "invalid", field: "reason" });
  const discarded = await give(await previewed("discard", ids([id]), { reason: "test data" }));
  expect(await stateOf(id)).toBe("discarded");
  expect(await itemsOf(discarded.operationId)).toMatchObject([{ outcome: "done" }]);
  await give(await previewed("restore", ids([id])), bob);
  expect(await stateOf(id)).toBe("dead");
  const told = await database.db.select().from(events).where(and(eq(events.messageId, id), eq(events.cause, "ordered"))).orderBy(events.id);
  expect(told).toMatchObject([
    { actor: "Ada", from: "dead", to: "discarded", reason: "test data" },
    { actor: "Bob", from: "discarded", to: "dead" },
  ]);
});

test("an edit is stored beside the original, byte for byte", async () => {
  await newPlace();
  const original = Buffer.from('\uFEFF{"id":12345678901234567890,"b":1,"a":2}\r\n');
  const id = await insertMessage(database.db, place, { body: original });
  const [message] = await database.db.select().from(messages).where(eq(messages.id, id));
  const edited = Buffer.concat([Buffer.from('\uFEFF{"id":12345678901234567891,"b":1,"a":2}\r\n'), Buffer.from([0, 0xff])]);
  const headers = JSON.stringify([text("tenant", "acme"), { name: "__proto__", value: { t: "text", v: "kept" } }, { name: "n", value: { t: "int64", v: "9223372036854775807" } }]);
  const order = await previewed("resend", ids([id]), {
    reason: "wrong id",
    edit: { deathId: message!.lastDeathId, bodyBase64: edited.toString("base64"), headers },
  });
  const { operationId } = await give(order);
  const [operation] = await database.db.select().from(operations).where(eq(operations.id, operationId));
  const [revision] = await database.db.select().from(revisions).where(eq(revisions.id, operation!.revisionId!));
  expect(revision).toMatchObject({ messageId: id, number: 1, author: "Ada", reason: "wrong id", headers });
  expect(await readBody(database.db, id, { of: "revision", id: revision!.id }, 1_000)).toEqual({ bytes: edited, size: edited.length });
  expect(await readBody(database.db, id, { of: "latest" }, 1_000)).toEqual({ bytes: original, size: original.length });
  expect(await readBody(database.db, id, { of: "latest" }, 5)).toEqual({ bytes: original.subarray(0, 5), size: original.length });
});

test("an edit from another message's death is refused and leaves nothing", async () => {
  await newPlace();
  const [one, two] = await insertMessages(database.db, place, [{}, {}]);
  const [foreign] = await database.db.select().from(messages).where(eq(messages.id, two!));
  const before = await database.db.select({ n: count() }).from(bodies);
  const order = await previewed("resend", ids([one!]), { reason: "x", edit: { deathId: foreign!.lastDeathId, bodyBase64: "aGk=", headers: "[]" } });
  await expect(give(order)).rejects.toMatchObject({ code: "not_found" });
  expect(await database.db.select({ n: count() }).from(bodies)).toEqual(before);
  expect(await stateOf(one!)).toBe("dead");
  expect(await readBody(database.db, one!, { of: "death", id: foreign!.lastDeathId }, 10)).toBeNull();
});

test("a cancelled operation calls back what no worker has taken, once", async () => {
  await newPlace();
  await insertMessages(database.db, place, Array.from({ length: 10 }, () => ({})));
  const { operationId } = await give(await previewed("resend", dead()));
  const both = await Promise.allSettled([1, 2].map(() => steerOperation(database.db, database.sql, ada, { id: operationId, to: "cancel" })));
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(new Set((await itemsOf(operationId)).map(({ outcome }) => outcome))).toEqual(new Set(["called_back"]));
  expect((await previewOrder(database.db, "resend", dead())).count).toBe(10);
});

test("a message called back by itself is no longer awaited by the operation it was queued for", async () => {
  await newPlace();
  const [one, two] = await insertMessages(database.db, place, [{}, {}]);
  const { operationId } = await give(await previewed("resend", ids([one!, two!])));
  await give(await previewed("call_back", ids([one!])), bob);
  expect(await stateOf(one!)).toBe("dead");
  const outcomes = new Map((await itemsOf(operationId)).map(({ messageId, outcome }) => [messageId, outcome]));
  expect(outcomes).toEqual(new Map([[one, "called_back"], [two, "waiting"]]));
});
