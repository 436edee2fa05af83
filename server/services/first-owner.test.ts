import { afterAll, beforeEach, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { listAudit } from "#db/queries/audit.ts";
import { listPeople } from "#db/queries/people.ts";
import { PASSWORD, postAuth, signedIn, testGate } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { createOwner, issueOwnerLink, issueSetupToken } from "./first-owner.ts";

const opened: { created: TestDatabase; database: Database }[] = [];
let created: TestDatabase;
let database: Database;

beforeEach(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 20, name: "test" });
  opened.push({ created, database });
});
afterAll(async () => {
  for (const each of opened) {
    await each.database.close();
    await each.created.drop();
  }
});

const owner = { email: "Owner@Redrive.test ", name: "Olga", password: PASSWORD };
const owners = async () => (await listPeople(database.db)).filter((person) => person.role === "owner");

test("twenty setups at once make exactly one owner", async () => {
  const token = await issueSetupToken(created.url);
  const at = testGate(database);
  const statuses = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const response = await postAuth(at, "setup", { token, email: `owner${n}@redrive.test`, name: `Owner ${n}`, password: PASSWORD });
      return response.status;
    }),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 404)).toHaveLength(19);
  expect(await owners()).toHaveLength(1);
  expect(await listPeople(database.db)).toHaveLength(1);
  expect(await listAudit(database.db, { act: "owner.create" }, { limit: 10 })).toHaveLength(1);
});

test("owners made from the command line and from the page at once are one", async () => {
  const token = await issueSetupToken(created.url);
  const at = testGate(database);
  const results = await Promise.all([
    ...Array.from({ length: 5 }, () => createOwner(created.url, owner).then((result) => result.created)),
    ...Array.from({ length: 5 }, (_, n) =>
      postAuth(at, "setup", { token, email: `o${n}@redrive.test`, name: "O", password: PASSWORD }).then((response) => response.ok),
    ),
  ]);
  expect(results.filter((made) => made)).toHaveLength(1);
  expect(await owners()).toHaveLength(1);
});

test("the owner can sign in; later calls say so and change nothing", async () => {
  expect(await createOwner(created.url, owner)).toEqual({ created: true });
  expect(await createOwner(created.url, { ...owner, name: "Other", password: "another long password" })).toEqual({ created: false });
  expect(await owners()).toMatchObject([{ email: "owner@redrive.test", name: "Olga", hasPassword: true }]);
  expect(await signedIn(testGate(database), "owner@redrive.test")).toContain("redrive-session=");
});

test("setup is closed for ever after the first owner, also when the owner is gone", async () => {
  const token = await issueSetupToken(created.url);
  await createOwner(created.url, owner);
  await database.sql`delete from people`;
  expect(await issueSetupToken(created.url)).toBeNull();
  const late = await postAuth(testGate(database), "setup", { token, email: "late@redrive.test", name: "Late", password: PASSWORD });
  expect(late.status).toBe(404);
  expect(await createOwner(created.url, owner)).toEqual({ created: false });
});

test("only the newest setup token is good, and it is not stored", async () => {
  const old = await issueSetupToken(created.url);
  const token = (await issueSetupToken(created.url)) ?? "";
  const at = testGate(database);
  const body = { email: "o@redrive.test", name: "O", password: PASSWORD };
  expect((await postAuth(at, "setup", { ...body, token: old })).status).toBe(404);
  expect((await postAuth(at, "setup", { ...body, token: "" })).status).toBe(404);
  expect((await postAuth(at, "setup", { ...body, token, password: "too short" })).status).toBe(400);
  const stored = await database.sql`select value from settings`;
  expect(JSON.stringify(stored)).not.toContain(token);
  expect((await postAuth(at, "setup", { ...body, token })).status).toBe(200);
});

test("a short password makes no owner", async () => {
  await expect(createOwner(created.url, { ...owner, password: "eleven char" })).rejects.toThrow("12");
  expect(await owners()).toHaveLength(0);
});

test("the owner's link sets a new password", async () => {
  expect(await issueOwnerLink(created.url)).toBeNull();
  await createOwner(created.url, owner);
  const link = await issueOwnerLink(created.url);
  const at = testGate(database);
  expect((await postAuth(at, "set-password", { token: link?.token, password: "a new long password" })).status).toBe(200);
  expect(await signedIn(at, "owner@redrive.test", "a new long password")).toContain("redrive-session=");
});
