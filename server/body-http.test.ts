import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { insertMessage, insertPlace } from "#test/factories/message.ts";
import { ORIGIN, PASSWORD, signedIn, somebody, testGate } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { fileName, handleBody } from "./body-http.ts";
import type { Gate } from "./gate.ts";

let created: TestDatabase;
let database: Database;
let at: Gate;
let cookie: string;

beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 4, name: "test" });
  at = testGate(database);
  cookie = await signedIn(at, (await somebody(database.db, "viewer", { password: PASSWORD })).email);
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

const get = (id: string, query = "", headers: Record<string, string> = { cookie }) =>
  handleBody(at, new Request(`${ORIGIN}/api/messages/${id}/body${query}`, { headers }), id);

test("the download is the exact bytes, and nothing a browser would open", async () => {
  const place = await insertPlace(database.db, { queue: '"><script>.dlq' });
  const body = Buffer.concat([Buffer.from("<html><script>alert(1)</script>\r\n\0"), randomBytes(3 * 1024 * 1024)]);
  const id = await insertMessage(database.db, place, { body, contentType: "text/html" });
  const response = await get(id);
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="script-dlq-${id}.bin"`,
    "content-length": String(body.length),
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cache-control": "no-store",
  });
});

test("an empty body is an empty download", async () => {
  const id = await insertMessage(database.db, await insertPlace(database.db), { body: Buffer.alloc(0) });
  const response = await get(id);
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 0]);
});

test("without a session, from another site, or under another message's id there is nothing", async () => {
  const place = await insertPlace(database.db);
  const [id, other] = [await insertMessage(database.db, place), await insertMessage(database.db, place)];
  const [row] = await database.sql`select last_death_id from messages where id = ${other}`;
  expect((await get(id, "", {})).status).toBe(401);
  expect((await get(id, "", { cookie, "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await get(id, `?of=death&id=${row?.["last_death_id"]}`)).status).toBe(404);
  expect((await get(other, `?of=death&id=${row?.["last_death_id"]}`)).status).toBe(200);
  expect((await get(id, "?of=death&id=1'or'1'='1")).status).toBe(404);
  expect((await get("../../etc/passwd")).status).toBe(404);
});

test("a file name keeps plain characters only", () => {
  expect(fileName("支付.dlq\r\nx: y", "id", "application/json; charset=utf-8")).toBe("dlq-x-y-id.json");
  expect(fileName("…", "id", "application/x-sh")).toBe("message-id.bin");
  expect(fileName("a".repeat(500), "id", "text/plain")).toHaveLength(60 + "-id.txt".length);
});
