import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { somebody } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import type { Actor } from "../context.ts";
import { createCallerFactory } from "../trpc.ts";
import { appRouter } from "./_app.ts";

let created: TestDatabase;
let database: Database;
let operator: Actor;
let admin: Actor;

beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 4, name: "test" });
  operator = await somebody(database.db, "operator");
  admin = await somebody(database.db, "admin");
  for (let n = 0; n < 250; n++) {
    const actor = n % 5 === 0 ? admin : operator;
    const act = n % 2 === 0 ? "message.resend" : "message.discard";
    await appendAudit(database.db, { actorId: actor.id, actor: actor.name, act, subject: `op-${n}`, detail: { n } });
  }
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

const audit = () => createCallerFactory(appRouter)({ db: database.db, sql: database.sql, actor: operator }).audit;

test("pages follow one another without gap or repeat, newest first", async () => {
  const seen: (string | null)[] = [];
  let before: number | undefined;
  do {
    const page = await audit().list(before === undefined ? {} : { before });
    seen.push(...page.items.map((item) => item.subject));
    before = page.older ?? undefined;
  } while (before !== undefined);
  expect(seen).toEqual(Array.from({ length: 250 }, (_, n) => `op-${249 - n}`));
});

test("the way back shows the same pages", async () => {
  const first = await audit().list({});
  const second = await audit().list({ before: first.older ?? 0 });
  const third = await audit().list({ before: second.older ?? 0 });
  expect([first.newer, third.older]).toEqual([null, null]);
  const back = await audit().list({ after: third.newer ?? 0 });
  expect(back.items).toEqual(second.items);
  const front = await audit().list({ after: back.newer ?? 0 });
  expect(front.items).toEqual(first.items);
  expect(front.newer).toBeNull();
});

test("filters narrow by act, person and time", async () => {
  expect((await audit().list({ act: "message.discard", actorId: admin.id })).items).toHaveLength(25);
  expect((await audit().list({ actorId: admin.id })).items[0]).toMatchObject({ actor: admin.name, email: admin.email, detail: '{"n":245}' });
  const [newest] = (await audit().list({})).items;
  const at = newest?.at ?? "";
  expect((await audit().list({ from: at, to: at })).items.map((item) => item.id)).toContain(newest?.id);
  expect((await audit().list({ from: "2100-01-01T00:00:00Z" })).items).toEqual([]);
  expect((await audit().list({ to: "2001-01-01T00:00:00+02:00" })).items).toEqual([]);
});

test("the choices are the acts and the people that occur", async () => {
  const choices = await audit().choices();
  expect(choices.acts).toEqual(["message.discard", "message.resend"]);
  expect(choices.actors.map((each) => each.id).toSorted()).toEqual([admin.id, operator.id].toSorted());
});

test.each(["update audit set actor = 'nobody'", "delete from audit", "truncate audit"])("the log can not be changed: %s", async (statement) => {
  await expect(database.sql.unsafe(statement)).rejects.toMatchObject({ code: "42501" });
  expect(await database.sql`select count(*)::int as n from audit where actor <> 'nobody'`).toEqual([{ n: 250 }]);
});
