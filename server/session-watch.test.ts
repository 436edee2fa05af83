import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { eventually } from "#test/eventually.ts";
import { ORIGIN, PASSWORD, postAuth, signedIn, somebody, testGate } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import type { Gate } from "./gate.ts";
import { disablePerson } from "./services/people.ts";
import { contextFor } from "./session.ts";

const LIMIT_MS = 5_000;
let created: TestDatabase;
let database: Database;
let at: Gate;

beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 4, name: "test" });
  at = testGate(database);
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

async function openStream(cookie: string, signal: AbortSignal): Promise<AbortSignal> {
  const request = new Request(`${ORIGIN}/api/trpc/live.changes`, { headers: { cookie, accept: "text/event-stream" }, signal });
  const context = await contextFor(request, at);
  if (context.signal === undefined) throw new Error("a stream without an end");
  return context.signal;
}

test("open streams end within five seconds after sign-out and after disabling; others stay", async () => {
  const [leaver, disabled, stayer, admin] = await Promise.all([
    somebody(database.db, "viewer", { password: PASSWORD }),
    somebody(database.db, "viewer", { password: PASSWORD }),
    somebody(database.db, "viewer", { password: PASSWORD }),
    somebody(database.db, "admin"),
  ]);
  const tabs = new AbortController();
  const cookies = await Promise.all([leaver, disabled, stayer].map((person) => signedIn(at, person.email)));
  const [leaving, disabling, staying] = await Promise.all(cookies.map((cookie) => openStream(cookie, tabs.signal)));
  try {
    await postAuth(at, "sign-out", {}, { headers: { cookie: cookies[0] ?? "" } });
    await disablePerson(database.db, admin, disabled.id);
    await eventually(() => leaving?.aborted === true && disabling?.aborted === true, { timeoutMs: LIMIT_MS });
    expect(staying?.aborted).toBe(false);
  } finally {
    tabs.abort();
  }
});

test("a request that is no stream is not watched", async () => {
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  const cookie = await signedIn(at, person.email);
  const context = await contextFor(new Request(ORIGIN, { headers: { cookie } }), at);
  expect(context.actor?.id).toBe(person.id);
  expect(context.signal).toBeUndefined();
});
