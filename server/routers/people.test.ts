import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { listAudit } from "#db/queries/audit.ts";
import { PASSWORD, postAuth, signedIn, somebody, testGate } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import type { Actor } from "../context.ts";
import type { Gate } from "../gate.ts";
import { contextOf } from "../session.ts";
import { createCallerFactory } from "../trpc.ts";
import { appRouter } from "./_app.ts";

let created: TestDatabase;
let database: Database;
let at: Gate;
let admin: Actor;

beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 4, name: "test" });
  at = testGate(database);
  admin = await somebody(database.db, "admin", { password: PASSWORD });
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

const as = (actor: Actor) => createCallerFactory(appRouter)({ db: database.db, sql: database.sql, actor });
const withCookie = async (cookie: string) => createCallerFactory(appRouter)(await contextOf(new Headers({ cookie }), at));
const failure = (code: string, field?: string) => expect.objectContaining({ cause: expect.objectContaining(field === undefined ? { code } : { code, field }) });
const lastAct = async (subject: string) => (await listAudit(database.db, {}, { limit: 50 })).find((each) => each.subject === subject);

test("an invited person sets a password by the link, once, and signs in", async () => {
  const { token } = await as(admin).people.invite({ email: " New@Redrive.test", name: "New", role: "operator" });
  expect(await lastAct("new@redrive.test")).toMatchObject({ act: "person.invite", actorId: admin.id, detail: '{"role":"operator"}' });
  const listed = (await as(admin).people.list()).find((person) => person.email === "new@redrive.test");
  expect(listed).toMatchObject({ role: "operator", hasPassword: false, lastSignInAt: null });
  const answers = await Promise.all([1, 2, 3].map(() => postAuth(at, "set-password", { token, password: PASSWORD })));
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 404, 404]);
  const cookie = await signedIn(at, "new@redrive.test");
  expect(await (await withCookie(cookie)).people.me()).toMatchObject({ email: "new@redrive.test", role: "operator" });
  expect(JSON.stringify(await database.sql`select * from verifications`)).not.toContain(token);
});

test("an address in use is refused", async () => {
  const taken = await somebody(database.db, "viewer");
  await expect(as(admin).people.invite({ email: taken.email, name: "X", role: "viewer" })).rejects.toEqual(failure("conflict", "email"));
});

test("nobody can be invited as owner, or made one", async () => {
  const person = await somebody(database.db, "viewer");
  const owner = "owner" as "admin";
  await expect(as(admin).people.invite({ email: "x@redrive.test", name: "X", role: owner })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect(as(admin).people.changeRole({ id: person.id, role: owner })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("the owner can not be demoted, disabled or sent a link by an admin", async () => {
  const owner = await somebody(database.db, "owner");
  await expect(as(admin).people.changeRole({ id: owner.id, role: "viewer" })).rejects.toEqual(failure("conflict"));
  await expect(as(admin).people.disable({ id: owner.id })).rejects.toEqual(failure("conflict"));
  await expect(as(admin).people.resetLink({ id: owner.id })).rejects.toEqual(failure("conflict"));
  await expect(as(owner).people.disable({ id: owner.id })).rejects.toEqual(failure("conflict"));
});

test("nobody disables or demotes themselves", async () => {
  await expect(as(admin).people.disable({ id: admin.id })).rejects.toEqual(failure("conflict"));
  await expect(as(admin).people.changeRole({ id: admin.id, role: "viewer" })).rejects.toEqual(failure("conflict"));
  await expect(as(admin).people.disable({ id: "nobody" })).rejects.toEqual(failure("not_found"));
});

test("a change of role holds from the next request on", async () => {
  const person = await somebody(database.db, "operator", { password: PASSWORD });
  const cookie = await signedIn(at, person.email);
  await (await withCookie(cookie)).audit.list({});
  await as(admin).people.changeRole({ id: person.id, role: "viewer" });
  await expect((await withCookie(cookie)).audit.list({})).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("disabling ends the sessions and keeps out; enabling lets in again", async () => {
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  const cookie = await signedIn(at, person.email);
  await as(admin).people.disable({ id: person.id });
  await expect((await withCookie(cookie)).people.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect((await postAuth(at, "sign-in", { email: person.email, password: PASSWORD })).status).toBe(401);
  expect(await database.sql`select 1 from sessions where user_id = ${person.id}`).toHaveLength(0);
  await as(admin).people.enable({ id: person.id });
  await expect((await withCookie(cookie)).people.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await signedIn(at, person.email);
});

test("a newer link replaces the older; using it ends the sessions", async () => {
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  const cookie = await signedIn(at, person.email);
  const older = await as(admin).people.resetLink({ id: person.id });
  const newer = await as(admin).people.resetLink({ id: person.id });
  expect((await postAuth(at, "set-password", { token: older.token, password: "a new long password" })).status).toBe(404);
  expect((await postAuth(at, "set-password", { token: newer.token, password: "short" })).status).toBe(400);
  expect((await postAuth(at, "set-password", { token: newer.token, password: "a new long password" })).status).toBe(200);
  await expect((await withCookie(cookie)).people.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await signedIn(at, person.email, "a new long password");
});

test("a link that has expired, or whose person is disabled, is not good", async () => {
  const [late, kept] = await Promise.all([somebody(database.db, "viewer"), somebody(database.db, "viewer")]);
  const link = await as(admin).people.resetLink({ id: late.id });
  await database.sql`update verifications set expires_at = now() - interval '1 second' where value = ${late.id}`;
  expect((await postAuth(at, "set-password", { token: link.token, password: PASSWORD })).status).toBe(404);
  const other = await as(admin).people.resetLink({ id: kept.id });
  await as(admin).people.disable({ id: kept.id });
  expect((await postAuth(at, "set-password", { token: other.token, password: PASSWORD })).status).toBe(404);
});

test("changing one's password needs the current one, keeps this session and ends the others", async () => {
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  const [here, elsewhere] = [await signedIn(at, person.email), await signedIn(at, person.email)];
  const caller = await withCookie(here);
  await expect(caller.people.changePassword({ current: "wrong", next: "a new long password" })).rejects.toEqual(failure("invalid", "current"));
  await expect(caller.people.changePassword({ current: PASSWORD, next: "short" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await caller.people.changePassword({ current: PASSWORD, next: "a new long password" });
  expect(await (await withCookie(here)).people.me()).toMatchObject({ id: person.id });
  await expect((await withCookie(elsewhere)).people.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await signedIn(at, person.email, "a new long password");
});

test("guessing one's current password is limited", async () => {
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  const caller = as(person);
  const codes: unknown[] = [];
  for (let n = 0; n < 12; n++) codes.push(await caller.people.changePassword({ current: "wrong", next: PASSWORD }).catch((error: { code: unknown }) => error.code));
  expect(codes.slice(0, 10)).toEqual(Array<string>(10).fill("BAD_REQUEST"));
  expect(codes.slice(10)).toEqual(["TOO_MANY_REQUESTS", "TOO_MANY_REQUESTS"]);
});

test("the environment has a name and a tone, changed by admins", async () => {
  expect(await as(admin).environment.get()).toEqual({ name: "Redrive", tone: "grey", production: false });
  await as(admin).environment.change({ name: "Production", tone: "red", production: true });
  expect(await as(admin).environment.get()).toEqual({ name: "Production", tone: "red", production: true });
  expect(await lastAct("Production")).toMatchObject({ act: "environment.change", actorId: admin.id });
});
