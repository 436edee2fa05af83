import { afterAll, beforeAll, expect, test } from "vitest";
import { allows, ROLES, type Role } from "#core/roles.ts";
import { connect, type Database } from "#db/client.ts";
import { listAudit } from "#db/queries/audit.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { somebody } from "#test/people.ts";
import type { Actor } from "../context.ts";
import { createCallerFactory, type ProcedureMeta } from "../trpc.ts";
import { appRouter } from "./_app.ts";

// Generated from the router: a new procedure is covered without touching this file.
// At run time tRPC keeps procedures flat, by path; its type says they are nested.
const procedures = appRouter._def.procedures as unknown as Record<string, { readonly _def: { readonly meta?: ProcedureMeta } }>;
const paths = Object.keys(procedures);
const roleOf = (path: string) => procedures[path]?._def.meta?.role;

let created: TestDatabase;
let database: Database;
let people: Record<Role, Actor>;

beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 4, name: "test" });
  const [viewer, operator, admin, owner] = await Promise.all(ROLES.map((role) => somebody(database.db, role)));
  if (!viewer || !operator || !admin || !owner) throw new Error("four roles, four people");
  people = { viewer, operator, admin, owner };
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

/** Calls a procedure without input and gives the code of its refusal, or null when it was let in. */
async function codeFor(path: string, actor: Actor | null): Promise<string | null> {
  const caller = createCallerFactory(appRouter)({ db: database.db, sql: database.sql, actor });
  const call = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], caller) as () => Promise<unknown>;
  try {
    await call();
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? "no code";
  }
}

test("there are procedures to look at", () => {
  expect(paths.length).toBeGreaterThan(10);
});

test.each(paths)("%s says which role it needs", (path) => {
  expect(ROLES).toContain(roleOf(path));
});

test.each(paths)("%s refuses somebody who is not signed in", async (path) => {
  expect(await codeFor(path, null)).toBe("UNAUTHORIZED");
});

test.each(paths.flatMap((path) => ROLES.map((role) => [path, role] as const)))("%s and the role %s", async (path, role) => {
  const needs = roleOf(path) ?? "owner";
  const code = await codeFor(path, people[role]);
  if (allows(role, needs)) expect(["UNAUTHORIZED", "FORBIDDEN"]).not.toContain(code);
  else expect(code).toBe("FORBIDDEN");
});

test("a refusal is in the audit log, once a minute for the same", async () => {
  const viewer = await somebody(database.db, "viewer");
  await codeFor("people.list", viewer);
  await codeFor("people.list", viewer);
  await codeFor("audit.list", viewer);
  const entries = await listAudit(database.db, { actorId: viewer.id }, { limit: 10 });
  expect(entries.map(({ act, subject, detail }) => ({ act, subject, detail: JSON.parse(detail) }))).toEqual([
    { act: "access.refused", subject: "audit.list", detail: { role: "viewer", needs: "operator" } },
    { act: "access.refused", subject: "people.list", detail: { role: "viewer", needs: "admin" } },
  ]);
});
