import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { ORIGIN, PASSWORD, signedIn, somebody, testGate } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { handleApi } from "./api-http.ts";
import type { Gate } from "./gate.ts";
import { disablePerson } from "./services/people.ts";

let created: TestDatabase;
let database: Database;
let at: Gate;
let cookie: string;

beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 4, name: "test" });
  at = testGate(database);
  const admin = await somebody(database.db, "admin", { password: PASSWORD });
  cookie = await signedIn(at, admin.email);
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

const OURS = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
const ask = (path: string, init: RequestInit = {}) => {
  const headers = new Headers(init.headers);
  headers.set("cookie", cookie);
  return handleApi(at, new Request(`${ORIGIN}/api/trpc/${path}`, { ...init, headers }));
};
const post = (path: string, body: string, headers: Record<string, string> = OURS) => ask(path, { method: "POST", body, headers });
const environmentNow = async () => (await ask("environment.get").then((answer) => answer.json())) as { result: { data: { name: string } } };

test("queries are answered by GET and by POST, and are not to be cached", async () => {
  const got = await ask("people.me");
  expect(await got.json()).toMatchObject({ result: { data: { role: "admin" } } });
  expect(got.headers.get("cache-control")).toBe("no-store");
  expect(got.headers.get("access-control-allow-origin")).toBeNull();
  expect((await post("people.me", "{}")).status).toBe(200);
});

test("a mutation needs a POST of JSON from our own pages", async () => {
  const body = JSON.stringify({ name: "Stolen", tone: "red", production: true });
  const refused: [Promise<Response>, number][] = [
    [ask(`environment.change?input=${encodeURIComponent(body)}`), 405],
    [post("environment.change", body, { "content-type": "text/plain", "sec-fetch-site": "same-origin" }), 415],
    [post("environment.change", body, { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN }), 415],
    [post("environment.change", body, { ...OURS, "sec-fetch-site": "cross-site" }), 403],
    [post("environment.change", body, { "content-type": "application/json", origin: "http://evil.test" }), 403],
    [post("environment.change", body, { "content-type": "application/json" }), 403],
  ];
  for (const [answer, status] of refused) expect((await answer).status).toBe(status);
  expect((await environmentNow()).result.data.name).toBe("Redrive");
  expect((await post("environment.change", JSON.stringify({ name: "Ours", tone: "blue", production: false }))).status).toBe(200);
  expect((await environmentNow()).result.data.name).toBe("Ours");
});

test("fields that nobody asked for are refused, whatever they are called", async () => {
  const sneaky = '{"name":"X","tone":"red","production":false,"__proto__":{"role":"owner"},"constructor":1}';
  const answer = await post("environment.change", sneaky);
  expect(answer.status).toBe(400);
  expect(({} as Record<string, unknown>)["role"]).toBeUndefined();
  expect((await post("people.invite", '{"email":"a@redrive.test","name":"A","role":"viewer","disabledAt":null}')).status).toBe(400);
});

test("a body above the limit is refused, said or not", async () => {
  expect((await post("environment.change", "{}", { ...OURS, "content-length": String(33 * 1024 * 1024) })).status).toBe(413);
  const large = await post("environment.change", `{"name":"${"x".repeat(33 * 1024 * 1024)}"}`);
  expect(large.status).toBeGreaterThanOrEqual(400);
});

test("a disabled person's very next request is refused", async () => {
  const [person, admin] = await Promise.all([somebody(database.db, "viewer", { password: PASSWORD }), somebody(database.db, "admin")]);
  const theirs = await signedIn(at, person.email);
  const me = () => handleApi(at, new Request(`${ORIGIN}/api/trpc/people.me`, { headers: { cookie: theirs } }));
  expect((await me()).status).toBe(200);
  await disablePerson(database.db, admin, person.id);
  const answer = await me();
  expect(answer.status).toBe(401);
  expect(JSON.stringify(await answer.json())).not.toContain(person.email);
});

test("an error inside says nothing about the inside", async () => {
  const broken = testGate({ ...database, db: new Proxy(database.db, { get: () => { throw new Error("secret detail"); } }) });
  const answer = await handleApi(broken, new Request(`${ORIGIN}/api/trpc/people.me`, { headers: { cookie } }));
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("secret detail");
});
