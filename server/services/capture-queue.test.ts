import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { audit, sources } from "#db/schema/index.ts";
import { aConnection, aQueue, aSource, callerAs } from "#test/factories/places.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

let home: TestDatabase;
let database: Database;
let connectionId: string;
let admin: ReturnType<typeof callerAs>;

beforeAll(async () => {
  home = await testDatabase();
  database = connect(home.url, { max: 2, name: "test" });
  ({ id: connectionId } = await aConnection(database.db, { name: "Orders" }));
  admin = callerAs(database, "admin");
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const stored = async (id: string) => (await database.db.select().from(sources).where(eq(sources.id, id)))[0];
const acts = async (subject: string) =>
  (await database.db.select().from(audit).where(eq(audit.subject, subject))).map(({ act, actor, detail }) => ({ act, actor, detail: JSON.parse(detail) }));

test("a queue that capturing empties needs consent, and who gave it is kept", async () => {
  const queue = await aQueue(database.db, connectionId, { name: "orders.dlq" });
  await expect(admin.sources.capture({ queueId: queue.id, consent: false })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: expect.objectContaining({ field: "consent" }),
  });
  expect(await database.db.select().from(sources)).toEqual([]);
  expect(await database.db.select().from(audit)).toEqual([]);

  const { id } = await admin.sources.capture({ queueId: queue.id, consent: true, watchSeconds: 60 });
  expect(await stored(id)).toMatchObject({
    connectionId,
    name: "orders.dlq",
    source: queue.source,
    capturing: true,
    consentBy: "The admin",
    consentAt: expect.any(Date),
    watchSeconds: 60,
  });
  expect(await acts(id)).toEqual([
    { act: "source.capture", actor: "The admin", detail: { connection: "Orders", queue: "orders.dlq", custody: "taken", consent: true } },
  ]);
  await expect(admin.sources.capture({ queueId: queue.id, consent: true })).rejects.toMatchObject({ code: "CONFLICT" });
});

test("a queue that keeps its messages needs none", async () => {
  const queue = await aQueue(database.db, connectionId, { name: "audit.stream", custody: "copied" });
  const { id } = await admin.sources.capture({ queueId: queue.id, consent: false });
  expect(await stored(id)).toMatchObject({ custody: "copied", consentBy: null, consentAt: null, watchSeconds: 300 });
});

test("a queue that is gone, or of which too little is known, is not captured", async () => {
  const gone = await aQueue(database.db, connectionId, { goneAt: new Date() });
  await expect(admin.sources.capture({ queueId: gone.id, consent: true })).rejects.toMatchObject({ code: "CONFLICT" });
  const odd = await aQueue(database.db, connectionId, { source: "{}" });
  await expect(admin.sources.capture({ queueId: odd.id, consent: true })).rejects.toMatchObject({ code: "CONFLICT" });
});

test("capture is paused, resumed and paced by operators, each written down", async () => {
  const { id } = await aSource(database.db, connectionId, { name: "mail.dlq", faultCode: "unreachable", faultDetail: "x" });
  const operator = callerAs(database, "operator");
  await operator.sources.pause(id);
  expect(await stored(id)).toMatchObject({ capturing: false, faultCode: null });
  await expect(operator.sources.pause(id)).rejects.toMatchObject({ code: "CONFLICT" });
  await operator.sources.resume(id);
  await operator.sources.setWatch({ id, watchSeconds: 900 });
  expect(await stored(id)).toMatchObject({ capturing: true, watchSeconds: 900 });
  expect((await acts(id)).map(({ act }) => act)).toEqual(["source.pause", "source.resume", "source.watch"]);
  await expect(operator.sources.setWatch({ id, watchSeconds: 1 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("a source of the file is changed there", async () => {
  const { id } = await aSource(database.db, connectionId, { managedBy: "file" });
  await expect(admin.sources.pause(id)).rejects.toMatchObject({ code: "FORBIDDEN", message: expect.stringContaining("redrive.yaml") });
});

test("operators do not start capturing, viewers do not steer", async () => {
  const queue = await aQueue(database.db, connectionId);
  await expect(callerAs(database, "operator").sources.capture({ queueId: queue.id, consent: true })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(callerAs(database, "viewer").sources.pause(crypto.randomUUID())).rejects.toMatchObject({ code: "FORBIDDEN" });
});
