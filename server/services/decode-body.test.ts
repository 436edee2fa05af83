import { gzipSync } from "node:zlib";
import { encode as msgpackEncode } from "@msgpack/msgpack";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Native } from "#core/message/native.ts";
import { connect, type Database } from "#db/client.ts";
import { storeSchema } from "#db/queries/schemas.ts";
import { connections } from "#db/schema/index.ts";
import { insertMessage, insertPlace } from "#test/factories/message.ts";
import { somebody } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import type { Actor } from "../context.ts";
import { decodeThreads } from "../decode/threads.ts";
import { askForSchema, decodedBody, editableBody, encodedBody, wholeDecoded } from "./decode-body.ts";

let created: TestDatabase;
let database: Database;
let actor: Actor;

beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 4, name: "test" });
  actor = await somebody(database.db, "viewer");
});
afterAll(async () => {
  await decodeThreads().close();
  await database.close();
  await created.drop();
});

const REGISTRY = "http://registry.test:8081";
const KAFKA: Native = { transport: "kafka", queue: "orders-dlt", partition: 0, offset: "1", timestamp: "1", key: null, tombstone: false };

async function onKafka(body: Uint8Array, settings: object) {
  const place = await insertPlace(database.db, { connection: `kafka ${crypto.randomUUID()}` });
  await database.db.update(connections).set({ kind: "kafka", settings: JSON.stringify(settings) }).where(eq(connections.id, place.connectionId));
  const id = await insertMessage(database.db, place, { body: Buffer.from(body), native: KAFKA, headers: [], contentType: null });
  return { connectionId: place.connectionId, asked: { messageId: id, which: { of: "latest" }, as: null } as const };
}

const latest = (messageId: string) => ({ messageId, which: { of: "latest" }, as: null }) as const;

test("a header's content-encoding is believed, an edit of the content is packed again", async () => {
  const place = await insertPlace(database.db);
  const body = gzipSync('{"a": 1}', { level: 1 });
  const id = await insertMessage(database.db, place, { body, headers: [{ name: "Content-Encoding", value: { t: "text", v: "gzip" } }] });
  expect((await decodedBody(database.db, latest(id))).steps).toEqual([{ kind: "gzip", how: "declared", schema: null }]);
  expect(await editableBody(database.db, latest(id))).toMatchObject({ refused: null, anew: ["gzip"], content: { form: "bytes" } });
  const answer = await encodedBody(database.db, latest(id), { form: "bytes", bytes: Buffer.from('{"a": 2}') });
  expect(answer).toEqual({ ok: true, base64: gzipSync('{"a": 2}').toString("base64") });
  // what is stored is what came
  expect(Buffer.from((await wholeDecoded(database.db, latest(id), 1_000)).bytes).toString()).toBe('{"a": 1}');
});

test("plain text takes no thread, and a body that is not there is not found", async () => {
  const place = await insertPlace(database.db);
  const id = await insertMessage(database.db, place, { body: Buffer.from("plain text") });
  expect(await decodedBody(database.db, latest(id))).toEqual({ steps: [], content: null, problem: null, missing: null });
  await expect(decodedBody(database.db, latest(crypto.randomUUID()))).rejects.toMatchObject({ code: "not_found" });
});

test("half of a decoded form is no download", async () => {
  const place = await insertPlace(database.db);
  const id = await insertMessage(database.db, place, { body: Buffer.from(msgpackEncode({ a: "x".repeat(1_000) })) });
  await expect(wholeDecoded(database.db, latest(id), 100)).rejects.toMatchObject({ code: "invalid" });
  expect((await wholeDecoded(database.db, latest(id), 10_000)).json).toBe(true);
});

test("a schema is asked for by the id in the body, once, with an entry in the audit log, and used when it is there", async () => {
  const { connectionId, asked } = await onKafka(Buffer.from([0, 0, 0, 0, 7, 84]), { schemaRegistryUrl: REGISTRY });
  expect(await decodedBody(database.db, asked)).toMatchObject({ problem: { code: "no_schema" }, missing: { schemaId: 7, registry: true, wish: null } });
  const { commandId } = await askForSchema(database.db, database.sql, actor, asked);
  expect((await askForSchema(database.db, database.sql, actor, asked)).commandId).toBe(commandId);
  const [command] = await database.sql`select kind, input from commands where id = ${commandId}`;
  expect(command).toEqual({ kind: "schema", input: JSON.stringify({ connectionId, schemaId: 7 }) });
  expect((await decodedBody(database.db, asked)).missing?.wish?.state).toBe("waiting");
  const [entry] = await database.sql`select actor, detail from audit where act = 'connection.schema' and subject = ${connectionId}`;
  expect(entry).toEqual({ actor: actor.name, detail: JSON.stringify({ schemaId: 7 }) });

  const schema = { type: "AVRO", text: '"long"', references: [] } as const;
  // another registry's schema of the same id is another schema
  await storeSchema(database.sql, { connectionId, registry: "http://elsewhere", schemaId: 7 }, { ...schema, text: '"string"' });
  expect((await decodedBody(database.db, asked)).missing).not.toBeNull();
  await storeSchema(database.sql, { connectionId, registry: REGISTRY, schemaId: 7 }, schema);
  expect(await decodedBody(database.db, asked)).toMatchObject({ missing: null, content: { form: "notation", text: "42" } });
  expect(await encodedBody(database.db, asked, { form: "notation", text: "43" })).toEqual({ ok: true, base64: Buffer.from([0, 0, 0, 0, 7, 86]).toString("base64") });
});

test("without a registry in its connection nothing is taken for a schema's id, and none can be asked for", async () => {
  const { asked } = await onKafka(Buffer.from([0, 0, 0, 0, 7, 84]), {});
  expect((await decodedBody(database.db, asked)).steps).toEqual([]);
  expect((await decodedBody(database.db, { ...asked, as: "registry" })).missing).toEqual({ schemaId: 7, registry: false, wish: null });
  expect(await askForSchema(database.db, database.sql, actor, { ...asked, as: "registry" })).toEqual({ commandId: null });
});
