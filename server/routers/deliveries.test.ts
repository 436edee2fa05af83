import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { audit, deliveries } from "#db/schema/index.ts";
import { callerAs } from "#test/factories/places.ts";
import { aDelivery, anAttempt, aRoute, someDeliveries } from "#test/factories/route.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

let home: TestDatabase;
let database: Database;
let operator: ReturnType<typeof callerAs>;

beforeAll(async () => {
  home = await testDatabase();
  database = connect(home.url, { max: 4, name: "test" });
  operator = callerAs(database, "operator");
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const LATER = new Date(Date.now() + 3_600_000);
const stored = async (id: string) => (await database.db.select().from(deliveries).where(eq(deliveries.id, id)))[0]!;
const entries = async (subject: string) =>
  (await database.db.select().from(audit).where(eq(audit.subject, subject))).map(({ act, detail }) => ({ act, detail: JSON.parse(detail) as unknown }));

test("retry now makes one due, and says who by the next try's trigger", async () => {
  const { id: routeId } = await aRoute(database.db);
  const { id } = await aDelivery(database.db, routeId, { state: "retrying", dueAt: LATER, nextTrigger: "automatic" });
  expect(await operator.deliveries.retryNow({ id })).toEqual({ count: 1 });
  const row = await stored(id);
  expect(row).toMatchObject({ state: "retrying", nextTrigger: "manual" });
  expect(row.dueAt!.getTime()).toBeLessThan(Date.now() + 1_000);
  expect(await entries(id)).toEqual([{ act: "delivery.retry_now", detail: { count: 1 } }]);
});

test("what is under way, done, or behind its order key is left as it is, and the answer says why", async () => {
  const { id: routeId } = await aRoute(database.db);
  const refused = async (over: Parameters<typeof aDelivery>[2], why: RegExp) => {
    const { id } = await aDelivery(database.db, routeId, over);
    const before = await stored(id);
    await expect(operator.deliveries.retryNow({ id })).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringMatching(why) });
    expect(await stored(id)).toEqual(before);
    expect(await entries(id)).toEqual([]);
  };
  await refused({ state: "delivering" }, /being delivered/);
  await refused({ state: "succeeded" }, /was delivered/);
  await refused({ state: "dead" }, /dead already/);
  await refused({ state: "pending", dueAt: null, orderKey: "k" }, /earlier message/);
  await refused({ state: "retrying", dueAt: LATER, givenUpBy: "Ann" }, /given up by Ann/);
  await expect(operator.deliveries.retryNow({ id: crypto.randomUUID() })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a delivery is given up with a reason, once; also one that waits behind its order key", async () => {
  const { id: routeId } = await aRoute(database.db);
  const { id } = await aDelivery(database.db, routeId, { state: "pending", dueAt: null, orderKey: "k" });
  await expect(operator.deliveries.giveUp({ which: { id }, reason: " " })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  expect(await operator.deliveries.giveUp({ which: { id }, reason: "a test order" })).toEqual({ count: 1 });
  expect(await stored(id)).toMatchObject({ state: "pending", givenUpBy: "The operator", givenUpReason: "a test order", dueAt: expect.any(Date) });
  await expect(operator.deliveries.giveUp({ which: { id }, reason: "again" })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await entries(id)).toEqual([{ act: "delivery.give_up", detail: { count: 1, reason: "a test order" } }]);
});

test("all of a route in a state, and of no other route or state", async () => {
  const [one, two] = [await aRoute(database.db), await aRoute(database.db)];
  await someDeliveries(database.db, one.id, "retrying", 40);
  await someDeliveries(database.db, one.id, "succeeded", 5);
  await someDeliveries(database.db, two.id, "retrying", 3);
  await aDelivery(database.db, one.id, { state: "retrying", dueAt: LATER, errorCode: "timeout" });
  const { asOf, ...counted } = await operator.deliveries.preview({ routeId: one.id, state: "retrying" });
  expect(counted).toEqual({ count: 41, capped: false });
  const late = await aDelivery(database.db, one.id, { state: "retrying", dueAt: LATER });
  expect(await operator.deliveries.retryNow({ routeId: one.id, state: "retrying", error: "timeout", asOf })).toEqual({ count: 1 });
  expect(await operator.deliveries.giveUp({ which: { routeId: one.id, state: "retrying", asOf }, reason: "the receiver is gone" })).toEqual({ count: 41 });
  // what came after the count is no part of the order
  expect(await stored(late.id)).toMatchObject({ givenUpBy: null });
  const [left] = await database.sql`select count(*)::int as given, count(*) filter (where route_id = ${two.id})::int as others from deliveries where given_up_by = 'The operator' and state = 'retrying'`;
  expect(left).toEqual({ given: 41, others: 0 });
  expect(await entries(one.id)).toContainEqual({ act: "delivery.give_up", detail: { count: 41, state: "retrying", reason: "the receiver is gone" } });
});

test("pages follow one another without a gap, over all states and within one", async () => {
  const { id: routeId } = await aRoute(database.db);
  await someDeliveries(database.db, routeId, "succeeded", 130);
  await someDeliveries(database.db, routeId, "dead", 60);
  await someDeliveries(database.db, routeId, "pending", 60);
  const walk = async (filter: { state?: "dead" | "succeeded" }) => {
    const found: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = await operator.deliveries.list({ routeId, ...filter, ...(before === undefined ? {} : { before }) });
      found.push(...page.rows.map(({ position }) => position));
      if (page.next === null) return found;
      before = page.next;
    }
  };
  const all = await walk({});
  expect(all).toHaveLength(250);
  expect(new Set(all).size).toBe(250);
  expect(all).toEqual(all.toSorted((a, b) => b - a));
  expect(await walk({ state: "dead" })).toHaveLength(60);
  expect((await operator.deliveries.list({ routeId, error: "timeout" })).rows).toEqual([]);
});

test("a delivery has its tries, its answer's bytes and its content; a message has all its deliveries", async () => {
  const { id: routeId, name } = await aRoute(database.db);
  const messageId = crypto.randomUUID();
  const first = await aDelivery(database.db, routeId, { state: "dead", deadCause: "exhausted", messageId, receivedAt: new Date(Date.now() - 60_000) });
  const second = await aDelivery(database.db, routeId, { state: "retrying", messageId });
  await anAttempt(database.db, first, { number: 1, answerBody: Buffer.from([0, 255]) });
  await anAttempt(database.db, first, { number: 2, trigger: "automatic", decision: "dead", deadCause: "exhausted" });
  await anAttempt(database.db, second, { trigger: "operation" });
  const detail = await operator.deliveries.get(first.id);
  expect(detail).toMatchObject({ route: name, state: "dead", deadCause: "exhausted" });
  expect(detail.attempts.map(({ number, answerBody }) => ({ number, answerBody }))).toEqual([{ number: 1, answerBody: "AP8=" }, { number: 2, answerBody: Buffer.from("upstream connect error").toString("base64") }]);
  const lives = await operator.deliveries.ofMessage(messageId);
  expect(lives.map(({ id, attempts }) => [id, attempts.map(({ trigger }) => trigger)])).toEqual([[first.id, ["first", "automatic"]], [second.id, ["operation"]]]);
  const content = await operator.deliveries.content(first.id);
  expect(Buffer.from(content.base64, "base64").toString()).toContain("A-1001");
  await database.sql`delete from delivery_contents where id = ${first.id}`;
  await expect(operator.deliveries.content(first.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("viewers look and do not steer", async () => {
  const { id: routeId } = await aRoute(database.db);
  const { id } = await aDelivery(database.db, routeId);
  await expect(callerAs(database, "viewer").deliveries.retryNow({ id })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(callerAs(database, "viewer").deliveries.get(id)).resolves.toMatchObject({ id });
});

test("deliveries that move on while their list is read stand in it once each", async () => {
  const { id: routeId } = await aRoute(database.db);
  const ids = await Promise.all(Array.from({ length: 20 }, async () => (await aDelivery(database.db, routeId, { state: "pending" })).id));
  let reading = true;
  const moving = (async () => {
    for (let turn = 0; reading; turn++) await database.db.update(deliveries).set({ state: turn % 2 === 0 ? "retrying" : "pending" }).where(eq(deliveries.routeId, routeId));
  })();
  for (let read = 0; read < 10; read++) {
    const { rows } = await operator.deliveries.list({ routeId });
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  }
  reading = false;
  await moving;
});
