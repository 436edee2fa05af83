import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { user } from "#db/schema/index.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { loggableError } from "./log.ts";

let created: TestDatabase;
let database: Database;

beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 1, name: "test" });
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

const CANARY = "canary-value";
const loggedOf = (failing: PromiseLike<unknown>) =>
  Promise.resolve(failing).then(
    () => "did not fail",
    (error: unknown) => JSON.stringify(loggableError(error)),
  );

test("a failed query is logged without what was sent with it", async () => {
  const person = { id: CANARY, name: CANARY, email: CANARY };
  await database.db.insert(user).values(person);
  const twice = await loggedOf(database.db.insert(user).values(person));
  expect(twice).toContain("23505");
  expect(twice).toContain("people");
  expect(twice).not.toContain(CANARY);
  const wrongType = await loggedOf(database.db.execute(sql`select ${CANARY}::uuid`));
  expect(wrongType).toContain("22P02");
  expect(wrongType).not.toContain(CANARY);
});

test("other errors keep their words", () => {
  expect(JSON.stringify(loggableError(new Error("disk is full")))).toContain("disk is full");
  expect(loggableError("just text")).toBe("just text");
});
