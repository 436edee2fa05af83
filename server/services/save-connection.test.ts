import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { audit, commands, connections } from "#db/schema/index.ts";
import { unseal, type KeyPair } from "#db/secrets.ts";
import { aConnection, aGroup, aSource, callerAs, someMessages, withSealingKey } from "#test/factories/places.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

const CANARY = "c@n/ary%pass";
const rabbit = { name: "Payments", kind: "rabbitmq" as const, settings: { host: "mq.internal" }, secrets: { password: CANARY } };

let home: TestDatabase;
let database: Database;
let admin: ReturnType<typeof callerAs>;
let pair: KeyPair;

beforeAll(async () => {
  home = await testDatabase();
  database = connect(home.url, { max: 2, name: "test" });
  admin = callerAs(database, "admin");
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const stored = async (id: string) => {
  const [row] = await database.db.select().from(connections).where(eq(connections.id, id));
  if (row === undefined) throw new Error("no such row");
  return row;
};
const failure = (field: string | null, message: RegExp) => ({ cause: expect.objectContaining({ field, message: expect.stringMatching(message) }) });

test("without the workers' key nothing is saved, and the reason says what to do", async () => {
  await expect(admin.connections.create(rabbit)).rejects.toMatchObject(failure(null, /start a worker once/));
  pair = await withSealingKey(database.db);
});

test("a connection is saved with its defaults, its secret sealed for the workers and readable nowhere else", async () => {
  const { id } = await admin.connections.create(rabbit);
  const row = await stored(id);
  expect(JSON.parse(row.settings)).toMatchObject({ host: "mq.internal", port: 5672, vhost: "/" });
  expect(JSON.parse(unseal(pair.privateKey, row.secrets))).toEqual({ password: CANARY });
  expect(row).toMatchObject({ managedBy: "screen", revision: 1, state: "unknown" });

  await admin.connections.probe({ kind: "rabbitmq", settings: { host: "mq.internal" }, id });
  const [command] = await database.db.select().from(commands);
  const seen = JSON.stringify([
    await admin.connections.list(),
    await admin.connections.get(id),
    await admin.connections.command(command?.id ?? ""),
    await database.db.select().from(audit),
  ]);
  expect(seen).not.toContain(CANARY);
  expect(seen).not.toContain(row.secrets);
});

test("a wrong setting is refused by name", async () => {
  const create = (settings: Record<string, string | number>, secrets = rabbit.secrets as Record<string, string>) =>
    admin.connections.create({ ...rabbit, name: "Other", settings, secrets });
  await expect(create({ port: 70_000 })).rejects.toMatchObject(failure("settings.port", /port/));
  await expect(create({ hots: "x" })).rejects.toMatchObject(failure("settings.hots", /hots/));
  await expect(create({}, { password: "" })).rejects.toMatchObject(failure("secrets.password", /password/));
  await expect(create({ managementUrl: "http://me:secret@mq:15672" })).rejects.toMatchObject(failure("settings.managementUrl", /leave out user/));
});

test("a name is taken once", async () => {
  await expect(admin.connections.create(rabbit)).rejects.toMatchObject(failure("name", /Payments already/));
});

test("a change keeps the secret unless a new one is written, and workers see a new revision", async () => {
  const [before] = await database.db.select().from(connections).where(eq(connections.name, "Payments"));
  const id = before?.id ?? "";
  await admin.connections.update({ id, name: "Pay", settings: { host: "mq.internal", vhost: "pay" } });
  expect(await stored(id)).toMatchObject({ name: "Pay", secrets: before?.secrets, revision: 2 });

  await admin.connections.update({ id, name: "Pay", settings: { host: "mq.internal" }, secrets: { password: "new" } });
  expect(JSON.parse(unseal(pair.privateKey, (await stored(id)).secrets))).toEqual({ password: "new" });

  const entries = await database.db.select().from(audit).where(eq(audit.act, "connection.change"));
  expect(entries.map((entry) => JSON.parse(entry.detail))).toEqual([
    { name: "Pay", changed: ["name", "vhost"], secrets: "kept" },
    { name: "Pay", changed: ["vhost"], secrets: "replaced" },
  ]);
});

test("a kept secret is never sent to another address", async () => {
  const [row] = await database.db.select().from(connections).where(eq(connections.name, "Pay"));
  const id = row?.id ?? "";
  const elsewhere = { host: "evil.example" };
  await expect(admin.connections.update({ id, name: "Pay", settings: elsewhere })).rejects.toMatchObject(failure("secrets", /write it again/));
  await expect(admin.connections.probe({ id, kind: "rabbitmq", settings: elsewhere })).rejects.toMatchObject(failure("secrets", /write it again/));
  expect(await stored(id)).toMatchObject({ revision: 3 });
});

test("settings stored without their defaults are the same address", async () => {
  const { id } = await aConnection(database.db, { name: "Sparse", settings: '{"host":"mq"}' });
  await admin.connections.update({ id, name: "Sparse", settings: { host: "mq", port: "5672", vhost: "v" } });
  expect(await stored(id)).toMatchObject({ secrets: "v1.x", revision: 2 });
});

test("what the file keeps, the screen does not change", async () => {
  const { id } = await aConnection(database.db, { name: "From the file", managedBy: "file" });
  await expect(admin.connections.update({ id, name: "Mine", settings: {} })).rejects.toMatchObject(failure(null, /redrive.yaml/));
  await expect(admin.connections.remove(id)).rejects.toMatchObject(failure(null, /redrive.yaml/));
});

test("a connection goes only when no messages came from it", async () => {
  const { id } = await aConnection(database.db, { name: "Old" });
  const { id: sourceId } = await aSource(database.db, id, { name: "old.dlq" });
  const { id: groupId } = await aGroup(database.db, sourceId);
  await someMessages(database.db, { connectionId: id, sourceId, groupId }, "resolved", 1);
  await expect(admin.connections.remove(id)).rejects.toMatchObject(failure(null, /old\.dlq/));

  await database.db.execute("delete from messages");
  await admin.connections.remove(id);
  await expect(admin.connections.get(id)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("only admins touch connections", async () => {
  const operator = callerAs(database, "operator");
  await expect(operator.connections.create(rabbit)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(operator.connections.probe({ kind: "rabbitmq", settings: {}, secrets: {} })).rejects.toMatchObject({ code: "FORBIDDEN" });
});
