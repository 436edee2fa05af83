import { afterAll, beforeAll, expect, test } from "vitest";
import { text } from "#core/message/header.ts";
import { connect, type Database } from "#db/client.ts";
import { insertMessage, insertPlace } from "#test/factories/message.ts";
import { SAMPLES } from "#test/factories/samples.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { createCallerFactory } from "../trpc.ts";
import { appRouter } from "./_app.ts";

let scratch: TestDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await testDatabase();
  database = connect(scratch.url, { max: 4, name: "test" });
});
afterAll(async () => {
  await database.close();
  await scratch.drop();
});

const api = () => {
  const actor = { id: "vic", name: "Vic", email: "vic@redrive.test", role: "viewer" as const };
  return createCallerFactory(appRouter)({ db: database.db, sql: database.sql, actor });
};

test("messages as met in production come out as they went in: list, detail, headers and bytes", async () => {
  const at = new Date();
  for (const [n, sample] of SAMPLES.entries()) {
    const place = await insertPlace(database.db, { connection: sample.connection, queue: sample.queue });
    const spec = sample.make(n, at);
    const id = await insertMessage(database.db, place, spec);
    const { rows } = await api().messages.list({ filter: { source: place.sourceId } });
    expect(rows[0]).toMatchObject({ id, source: sample.queue, connection: sample.connection, state: "dead", key: spec.key });
    const detail = await api().messages.get(id);
    const [death] = detail.timeline;
    expect(death?.kind === "death" && JSON.parse(death.headers ?? "")).toEqual(spec.headers);
    const body = await api().messages.body({ messageId: id, which: { of: "latest" } });
    expect(Buffer.from(body.base64, "base64").equals(spec.body!)).toBe(true);
    expect(JSON.parse(JSON.stringify(detail))).toEqual(detail);
  }
});

test("keys like __proto__ in headers and bodies hurt nobody", async () => {
  const place = await insertPlace(database.db, { queue: "proto.dlq" });
  const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
  const body = Buffer.from(`{${names.map((name) => `"${name}":{"polluted":true}`).join(",")}}`);
  const headers = [...names.map((name) => text(name, "polluted")), { name: "nested", value: { t: "table" as const, v: names.map((name) => text(name, "polluted")) } }];
  const id = await insertMessage(database.db, place, { body, headers, key: "__proto__" });
  const [list, detail, bytes, facets] = await Promise.all([
    api().messages.list({ filter: { q: "__proto__" } }),
    api().messages.get(id),
    api().messages.body({ messageId: id, which: { of: "latest" } }),
    api().messages.facets({}),
  ]);
  expect(list.rows.map((row) => row.id)).toEqual([id]);
  expect(detail.timeline[0]?.kind === "death" && detail.timeline[0].headers).toBe(JSON.stringify(headers));
  expect(Buffer.from(bytes.base64, "base64").equals(body)).toBe(true);
  expect(facets.sources.length).toBeGreaterThan(0);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("a large body is shown by its beginning, a long header list is left out", async () => {
  const place = await insertPlace(database.db, { queue: "large.dlq" });
  const id = await insertMessage(database.db, place, { body: Buffer.alloc(3_000_000, 7), headers: [text("stack", "x".repeat(400_000))] });
  const body = await api().messages.body({ messageId: id, which: { of: "latest" } });
  expect(body).toMatchObject({ size: 3_000_000, shown: 262_144 });
  const [death] = (await api().messages.get(id)).timeline;
  expect(death).toMatchObject({ kind: "death", headers: null, headersSize: expect.any(Number) });
});

test("a body is read through its own message only", async () => {
  const place = await insertPlace(database.db);
  const [mine, other] = [await insertMessage(database.db, place), await insertMessage(database.db, place)];
  const foreign = await api().messages.get(other);
  await expect(api().messages.body({ messageId: mine, which: { of: "death", id: foreign.lastDeathId } })).rejects.toMatchObject({ code: "NOT_FOUND" });
});
