import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { listAudit } from "#db/queries/audit.ts";
import { cookieOf, ORIGIN, PASSWORD, postAuth, signedIn, somebody, testGate } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { handleAuth } from "./auth-http.ts";
import type { Gate } from "./gate.ts";
import { disablePerson } from "./services/people.ts";
import { SIGN_IN_LIMITS } from "./services/sign-in.ts";
import { contextOf } from "./session.ts";

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

const actorOf = async (cookie: string, gate: Gate = at) => (await contextOf(new Headers({ cookie }), gate)).actor;
const actsOf = async (actorId: string) => (await listAudit(database.db, { actorId }, { limit: 50 })).map((each) => each.act);

test("a person signs in, is known by the cookie, signs out and is not known any more", async () => {
  const person = await somebody(database.db, "operator", { password: PASSWORD });
  const response = await postAuth(at, "sign-in", { email: person.email.toUpperCase(), password: PASSWORD });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ ok: true });
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^redrive-session=.+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/)]);
  const cookie = cookieOf(response);
  expect(await actorOf(cookie)).toEqual(person);

  const out = await postAuth(at, "sign-out", {}, { headers: { cookie } });
  expect(out.headers.getSetCookie().join()).toMatch(/redrive-session=; Max-Age=0/);
  expect(await actorOf(cookie)).toBeNull();
  expect(await actsOf(person.id)).toEqual(["session.sign_out", "session.sign_in"]);
});

test("over https the cookie is bound to the host and sent over https only", async () => {
  const secure = testGate(database, "https://redrive.example");
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  const response = await postAuth(secure, "sign-in", { email: person.email, password: PASSWORD });
  const [cookie = ""] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-redrive-session=/);
  expect(cookie.split("; ").slice(1).toSorted()).toEqual(["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax", "Secure"]);
  expect(response.headers.get("strict-transport-security")).toBe("max-age=31536000");
  expect(await actorOf(cookieOf(response), secure)).toEqual(person);
});

test("what the table holds can not be used as a cookie, nor can a cookie with another's signature", async () => {
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  const cookie = await signedIn(at, person.email);
  const [row] = await database.sql`select token from sessions where user_id = ${person.id}`;
  const token = decodeURIComponent(cookie.split("=")[1] ?? "").split(".")[0] ?? "";
  expect(token.length).toBeGreaterThanOrEqual(32);
  expect(row?.token).toMatch(/^[0-9a-f]{64}$/);
  expect(cookie).not.toContain(row?.token);
  expect(await actorOf(cookie.replace(token, row?.token))).toBeNull();
  expect(await actorOf(`redrive-session=${token}`)).toBeNull();
  expect(await actorOf("redrive-session=%E0%A4%A")).toBeNull();
  const other = testGate(database);
  expect(await actorOf(cookie, { ...other, secret: "another secret, just as long as it" })).toBeNull();
});

test("an unknown person, a wrong password and a disabled person get the same answer", async () => {
  const [person, disabled, admin] = await Promise.all([
    somebody(database.db, "viewer", { password: PASSWORD }),
    somebody(database.db, "viewer", { password: PASSWORD }),
    somebody(database.db, "admin"),
  ]);
  await disablePerson(database.db, admin, disabled.id);
  const answers = await Promise.all(
    [
      { email: "nobody@redrive.test", password: PASSWORD },
      { email: person.email, password: "not the password" },
      { email: disabled.email, password: PASSWORD },
      { email: "not an address", password: PASSWORD },
      { email: person.email, password: "x".repeat(500) },
    ].map(async (body) => {
      const response = await postAuth(at, "sign-in", body, { address: "203.0.113.2" });
      return { status: response.status, body: await response.text(), cookies: response.headers.getSetCookie() };
    }),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]).toMatchObject({ status: 401, cookies: [] });
});

test("a disabled person's next request is nobody's", async () => {
  const [person, admin] = await Promise.all([somebody(database.db, "operator", { password: PASSWORD }), somebody(database.db, "admin")]);
  const cookie = await signedIn(at, person.email);
  expect((await actorOf(cookie))?.id).toBe(person.id);
  await disablePerson(database.db, admin, person.id);
  expect(await actorOf(cookie)).toBeNull();
});

test("an account's tries run out, from whatever address, also with the right password, and others are not held up", async () => {
  const [person, other] = await Promise.all([
    somebody(database.db, "viewer", { password: PASSWORD }),
    somebody(database.db, "viewer", { password: PASSWORD }),
  ]);
  const statuses = await Promise.all(
    Array.from({ length: SIGN_IN_LIMITS.account + 5 }, async (_, n) => {
      const tried = await postAuth(at, "sign-in", { email: person.email, password: "wrong" }, { address: `198.51.100.${n}` });
      return tried.status;
    }),
  );
  expect(statuses.filter((status) => status === 401)).toHaveLength(SIGN_IN_LIMITS.account);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  const right = await postAuth(at, "sign-in", { email: person.email, password: PASSWORD });
  expect(right.status).toBe(429);
  expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await postAuth(at, "sign-in", { email: other.email, password: PASSWORD })).status).toBe(200);
  const blocked = await listAudit(database.db, { act: "session.blocked" }, { limit: 50 });
  expect(blocked.filter((each) => each.subject === person.email)).toHaveLength(1);
});

test("an address's tries run out over many accounts; a whole IPv6 /64 is one address", async () => {
  const tries = SIGN_IN_LIMITS.address + 3;
  const statuses: number[] = [];
  for (let n = 0; n < tries; n++) {
    const address = `2001:db8:7:7::${n.toString(16)}`;
    statuses.push((await postAuth(at, "sign-in", { email: `n${n}@redrive.test`, password: "wrong" }, { address })).status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(SIGN_IN_LIMITS.address);
  expect(statuses.slice(-3)).toEqual([429, 429, 429]);
});

test("a good sign-in gives its try back", async () => {
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  for (let n = 0; n < SIGN_IN_LIMITS.account + 1; n++) {
    const response = await postAuth(at, "sign-in", { email: person.email, password: PASSWORD }, { address: "203.0.113.77" });
    expect(response.status).toBe(200);
  }
});

test("what another site's page could send is refused", async () => {
  const person = await somebody(database.db, "viewer", { password: PASSWORD });
  const body = JSON.stringify({ email: person.email, password: PASSWORD });
  const send = (headers: Record<string, string>) =>
    handleAuth(at, new Request(`${ORIGIN}/api/auth/sign-in`, { method: "POST", headers, body })).then((response) => response.status);
  const json = { "content-type": "application/json" };
  expect(await send({ ...json, origin: "http://evil.test" })).toBe(403);
  expect(await send({ ...json, origin: "null" })).toBe(403);
  expect(await send({ ...json, "sec-fetch-site": "cross-site", origin: ORIGIN })).toBe(403);
  expect(await send({ ...json, "sec-fetch-site": "same-site", origin: ORIGIN })).toBe(403);
  expect(await send(json)).toBe(403);
  expect(await send({ "content-type": "text/plain", origin: ORIGIN })).toBe(415);
  expect(await send({ "content-type": "application/x-www-form-urlencoded", origin: ORIGIN })).toBe(415);
  expect(await send({ ...json, origin: ORIGIN })).toBe(200);
});

test("only four endpoints exist, by POST, and their answers are not cached", async () => {
  for (const path of ["sign-up/email", "get-session", "sign-in/email", "sign-in/social", "request-password-reset", "list-sessions", "ok", "__proto__", ""])
    expect((await postAuth(at, path, {})).status).toBe(404);
  const got = await handleAuth(at, new Request(`${ORIGIN}/api/auth/sign-in`));
  expect(got.status).toBe(404);
  expect(got.headers.get("cache-control")).toBe("no-store");
  expect(got.headers.get("x-content-type-options")).toBe("nosniff");
});

test("a body that is too large or not JSON is refused", async () => {
  const large = await postAuth(at, "sign-in", { email: "a@redrive.test", password: "x".repeat(20_000) });
  expect(large.status).toBe(413);
  const broken = await handleAuth(
    at,
    new Request(`${ORIGIN}/api/auth/sign-in`, { method: "POST", headers: { "content-type": "application/json", origin: ORIGIN }, body: "{" }),
  );
  expect(broken.status).toBe(400);
});
