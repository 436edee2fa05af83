import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redriveRoute } from "#core/decoders/redrive-route.ts";
import { routeDefinition } from "#core/route/definition.ts";
import { destinationKey } from "#core/route/destination-key.ts";
import { connect, type Database } from "#db/client.ts";
import { audit, breakers, messages, routes, sources } from "#db/schema/index.ts";
import { insertMessage, insertPlace } from "#test/factories/message.ts";
import { aConnection, aGroup, aQueue, aSource, callerAs, someMessages } from "#test/factories/places.ts";
import { aDelivery, aMinute, anAttempt, aRoute, TO_HTTP } from "#test/factories/route.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

let home: TestDatabase;
let database: Database;
let connectionId: string;
let admin: ReturnType<typeof callerAs>;
let operator: ReturnType<typeof callerAs>;

beforeAll(async () => {
  home = await testDatabase();
  database = connect(home.url, { max: 4, name: "test" });
  ({ id: connectionId } = await aConnection(database.db, { name: "Orders" }));
  admin = callerAs(database, "admin");
  operator = callerAs(database, "operator");
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

const definition = routeDefinition.parse(TO_HTTP);
const routeOf = async (id: string) => (await database.db.select().from(routes).where(eq(routes.id, id)))[0];
const sourceOf = async (id: string) => (await database.db.select().from(sources).where(eq(sources.id, id)))[0];
const entries = async (subject: string) =>
  (await database.db.select().from(audit).where(eq(audit.subject, subject)).orderBy(audit.id)).map(({ act, detail }) => ({ act, detail: JSON.parse(detail) as Record<string, unknown> }));
const field = (name: string) => ({ cause: expect.objectContaining({ field: name }) });

test("a queue that a route empties needs consent; the source, the route and the entry come together", async () => {
  const queue = await aQueue(database.db, connectionId, { name: "orders.in" });
  const asked = { name: "orders to fulfilment", source: { from: "queue", queueId: queue.id }, definition } as const;
  await expect(admin.routes.create({ ...asked, consent: false })).rejects.toMatchObject({ code: "BAD_REQUEST", ...field("consent") });
  expect(await database.db.select().from(sources)).toEqual([]);

  const { id } = await admin.routes.create({ ...asked, consent: true });
  const route = await routeOf(id);
  expect(route).toMatchObject({ name: "orders to fulfilment", state: "running", version: 1, consuming: true });
  expect(JSON.parse(route!.definition)).toEqual(definition);
  expect(await sourceOf(route!.sourceId)).toMatchObject({ name: "orders.in", capturing: true, managedBy: "screen", custody: "taken", consentBy: "The admin", source: queue.source });
  expect(await entries(id)).toEqual([{ act: "route.create", detail: { name: "orders to fulfilment", queue: "orders.in", consent: true, definition } }]);

  await expect(admin.routes.create({ ...asked, name: "another", consent: true })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("the route orders to fulfilment"),
  });
  const free = await aQueue(database.db, connectionId);
  await expect(admin.routes.create({ ...asked, source: { from: "queue", queueId: free.id }, consent: true })).rejects.toMatchObject({ code: "CONFLICT", ...field("name") });
  expect(await database.db.select().from(sources).where(eq(sources.name, free.name))).toEqual([]);
});

test("a queue may be typed in its broker's words, and is checked by them", async () => {
  const kafka = await aConnection(database.db, { kind: "kafka", name: "Events" });
  const asked = { name: "typed", consent: false, definition, source: { from: "typed", connectionId: kafka.id, source: { queue: "orders.retry" } } } as const;
  const { id } = await admin.routes.create(asked);
  expect(await sourceOf((await routeOf(id))!.sourceId)).toMatchObject({ name: "orders.retry", custody: "copied", consentBy: null, source: '{"queue":"orders.retry"}' });
  const wrong = { ...asked, name: "wrong", source: { ...asked.source, source: { queue: "no spaces here" } } };
  await expect(admin.routes.create(wrong)).rejects.toMatchObject({ code: "BAD_REQUEST", ...field("source.queue") });
  const nowhere = { ...asked, name: "nowhere", source: { ...asked.source, connectionId: crypto.randomUUID() } };
  await expect(admin.routes.create(nowhere)).rejects.toMatchObject({ code: "NOT_FOUND", ...field("source") });
});

test("a subject of core NATS is read at most once, with consent to just that, and leads to no circle", async () => {
  const events = await aConnection(database.db, { kind: "nats", name: "Subjects" });
  const source = { from: "typed", connectionId: events.id, source: { queue: "orders.>", mode: "subject", group: "billing" } } as const;
  const asked = { name: "heard", consent: true, definition, source };
  await expect(admin.routes.create({ ...asked, consent: false })).rejects.toMatchObject({ message: expect.stringContaining("what is sent while no worker listens is lost"), ...field("consent") });
  const to = (subject: string) => ({ ...TO_HTTP, destination: { kind: "queue", connectionId: events.id, target: { kind: "nats", subject, delivery: "at_most_once" } } });
  await expect(admin.routes.create({ ...asked, definition: routeDefinition.parse(to("orders.done")) })).rejects.toMatchObject({ message: expect.stringContaining("circle") });
  const { id } = await admin.routes.create({ ...asked, definition: routeDefinition.parse(to("done.orders")) });
  const route = await routeOf(id);
  expect(await sourceOf(route!.sourceId)).toMatchObject({ name: "orders.> (subject, group billing)", custody: "heard", consentBy: "The admin" });
  const everything = { ...asked, name: "everything", source: { ...source, source: { queue: ">", mode: "subject" } } };
  await expect(admin.routes.create(everything)).rejects.toMatchObject({ code: "BAD_REQUEST", ...field("source.queue") });
});

test("what reads a queue already is named", async () => {
  const [captured, ofFile] = [await aQueue(database.db, connectionId), await aQueue(database.db, connectionId)];
  await aSource(database.db, connectionId, { name: captured.name });
  await aSource(database.db, connectionId, { name: ofFile.name, managedBy: "file", capturing: false });
  const create = (queueId: string) => admin.routes.create({ name: "late", source: { from: "queue", queueId }, consent: true, definition });
  await expect(create(captured.id)).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("captured as a source of dead letters") });
  await expect(create(ofFile.id)).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("redrive.yaml") });
});

test("the connections that a definition names are there, of the right kind, and lead to no circle", async () => {
  const queue = await aQueue(database.db, connectionId, { name: "circle" });
  const create = (over: object) => admin.routes.create({ name: "places", source: { from: "queue", queueId: queue.id }, consent: true, definition: routeDefinition.parse({ ...TO_HTTP, ...over }) });
  const rabbit = (routingKey: string) => ({ kind: "rabbitmq", exchange: "", routingKey });
  await expect(create({ destination: { kind: "queue", connectionId: crypto.randomUUID(), target: rabbit("x") } })).rejects.toMatchObject(field("definition.destination.connectionId"));
  await expect(create({ destination: { kind: "queue", connectionId, target: { kind: "kafka", topic: "x" } } })).rejects.toMatchObject(field("definition.destination.target"));
  await expect(create({ destination: { kind: "queue", connectionId, target: rabbit("circle") } })).rejects.toMatchObject({ message: expect.stringContaining("circle") });
  await expect(create({ deadLetterTo: { connectionId, target: rabbit("circle") } })).rejects.toMatchObject(field("definition.deadLetterTo.target"));
  const guard = { key: { by: "broker_id" }, store: { kind: "redis", connectionId } };
  await expect(create({ guard })).rejects.toMatchObject(field("definition.guard.store.connectionId"));
  expect(await database.db.select().from(sources).where(eq(sources.name, "circle"))).toEqual([]);
});

test("an edit names the version it was made from", async () => {
  const { id } = await aRoute(database.db, { name: "edited" });
  const patient = routeDefinition.parse({ ...TO_HTTP, retry: { maxAttempts: 20 } });
  await admin.routes.update({ id, name: "edited twice", version: 1, definition: patient });
  expect(await routeOf(id)).toMatchObject({ name: "edited twice", version: 2 });
  await expect(admin.routes.update({ id, name: "edited", version: 1, definition })).rejects.toMatchObject({ code: "CONFLICT", ...field("version") });
  expect(JSON.parse((await routeOf(id))!.definition)).toEqual(patient);
  expect(await entries(id)).toEqual([
    { act: "route.edit", detail: { name: "edited twice", version: 2, before: { name: "edited", definition }, after: { name: "edited twice", definition: patient } } },
  ].map(({ act, detail: { name: _name, ...detail } }) => ({ act, detail })));
});

test("a paused route leaves its queue alone; its source is not steered beside it", async () => {
  const route = await aRoute(database.db);
  await operator.routes.pause(route.id);
  expect([(await routeOf(route.id))?.state, (await sourceOf(route.sourceId))?.capturing]).toEqual(["paused", false]);
  await expect(operator.routes.pause(route.id)).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(operator.sources.resume(route.sourceId)).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining(route.name) });
  await operator.routes.resume(route.id);
  expect([(await routeOf(route.id))?.state, (await sourceOf(route.sourceId))?.capturing]).toEqual(["running", true]);
  expect((await entries(route.id)).map(({ act }) => act)).toEqual(["route.pause", "route.resume"]);
});

test("a route is removed only when nothing waits in it; its history stays, and its queue can be routed again", async () => {
  const route = await aRoute(database.db, { queue: "again", connectionId });
  const delivery = await aDelivery(database.db, route.id, { state: "retrying" });
  await anAttempt(database.db, delivery);
  await expect(admin.routes.remove(route.id)).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringMatching(/^1 message waits/) });
  await database.sql`update deliveries set state = 'succeeded' where id = ${delivery.id}`;
  await admin.routes.remove(route.id);
  expect(await routeOf(route.id)).toBeUndefined();
  expect(await sourceOf(route.sourceId)).toMatchObject({ capturing: false });
  expect(await admin.deliveries.get(delivery.id)).toMatchObject({ route: null, attempts: [{ number: 1 }] });

  const queue = await aQueue(database.db, connectionId, { name: "again" });
  const { id } = await admin.routes.create({ name: "second life", source: { from: "queue", queueId: queue.id }, consent: true, definition });
  expect(await routeOf(id)).toMatchObject({ sourceId: route.sourceId });
  expect(await sourceOf(route.sourceId)).toMatchObject({ capturing: true });
});

test("a queue whose captured dead letters are here is not routed, lest the two be mixed up", async () => {
  const source = await aSource(database.db, connectionId, { name: "mixed", capturing: false });
  const group = await aGroup(database.db, source.id);
  await someMessages(database.db, { connectionId, sourceId: source.id, groupId: group.id }, "dead", 1);
  const queue = await aQueue(database.db, connectionId, { name: "mixed" });
  const create = () => admin.routes.create({ name: "mixing", source: { from: "queue", queueId: queue.id }, consent: true, definition });
  await expect(create()).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("mixed up") });
  await database.db.update(messages).set({ rule: redriveRoute.rule }).where(eq(messages.sourceId, source.id));
  await expect(create()).resolves.toHaveProperty("id");
});

test("a breaker is opened and closed by hand, for every route that delivers there", async () => {
  const [one, two] = [await aRoute(database.db), await aRoute(database.db)];
  await operator.routes.breaker({ id: one.id, to: "open", reason: "the warehouse is moving" });
  expect(await operator.routes.get(two.id)).toMatchObject({ breaker: { state: "open", reason: "the warehouse is moving", changedBy: "The operator", probeAt: null } });
  await expect(operator.routes.breaker({ id: two.id, to: "open", reason: "again" })).rejects.toMatchObject({ code: "CONFLICT" });
  await operator.routes.breaker({ id: two.id, to: "close" });
  const [stored] = await database.db.select().from(breakers).where(eq(breakers.destination, destinationKey(definition.destination)));
  expect(stored).toMatchObject({ state: "closed", reason: null, changedBy: "The operator" });
  await expect(operator.routes.breaker({ id: two.id, to: "close" })).rejects.toMatchObject({ code: "CONFLICT" });

  await database.sql`update breakers set state = 'open', changed_by = 'worker', reason = '12 of 20 failed', probe_at = now(), probes = 3`;
  await operator.routes.breaker({ id: one.id, to: "open", reason: "not even probes" });
  expect(await operator.routes.get(one.id)).toMatchObject({ breaker: { changedBy: "The operator", probes: 0, probeAt: null } });
  const without = await aRoute(database.db, { definition: { ...TO_HTTP, breaker: null } });
  expect(await operator.routes.get(without.id)).toMatchObject({ breaker: null });
  await expect(operator.routes.breaker({ id: without.id, to: "close" })).rejects.toMatchObject({ code: "CONFLICT" });
});

test("a pattern that is none is refused by its rule", async () => {
  const { id } = await aRoute(database.db);
  const odd = routeDefinition.parse({ ...TO_HTTP, rules: [{ status: "409", verdict: "dead" }, { pattern: "(", verdict: "dead" }] });
  await expect(admin.routes.update({ id, name: "odd", version: 1, definition: odd })).rejects.toMatchObject({ code: "BAD_REQUEST", ...field("definition.rules.1.pattern") });
});

test("a definition is tried on a delivery, on a dead letter or on what was typed", async () => {
  const { id: routeId } = await aRoute(database.db);
  const delivery = await aDelivery(database.db, routeId);
  const guarded = routeDefinition.parse({ ...TO_HTTP, guard: { key: { by: "pointer", pointer: "/order/id" }, store: { kind: "postgres" } }, rules: [{ pattern: "no such (sku|order)", verdict: "dead" }] });
  const supposed = { status: "refused", code: "http_status", httpStatus: 503, type: null, message: "no such order", tried: 1 } as const;
  const told = await admin.routes.dryRun({ definition: guarded, supposed, sample: { from: "delivery", id: delivery.id } });
  expect(told).toMatchObject({ guardKey: { asked: true, key: "A-1001" }, orderKey: { asked: false }, decision: { to: "dead", decidedBy: "rule 1" }, request: { url: { value: "https://fulfilment.example/orders/A-1001" } } });
  const typed = await admin.routes.dryRun({ definition: guarded, supposed: { ...supposed, message: "" }, sample: { from: "text", body: "no JSON", headers: [] } });
  expect(typed).toMatchObject({ guardKey: { asked: true, key: null }, decision: { to: "retrying", decidedBy: "status 503" }, request: { url: { problem: expect.stringContaining("/order/id") } } });
  const place = await insertPlace(database.db);
  const messageId = await insertMessage(database.db, place, { body: Buffer.from('{"order":{"id":7}}') });
  expect(await admin.routes.dryRun({ definition: guarded, supposed, sample: { from: "message", id: messageId } })).toMatchObject({ guardKey: { key: "7" } });
  await expect(admin.routes.dryRun({ definition: guarded, supposed, sample: { from: "message", id: crypto.randomUUID() } })).rejects.toMatchObject({ code: "NOT_FOUND", ...field("sample") });
});

test("the list has what a route did in the last hour, and what waits", async () => {
  const route = await aRoute(database.db, { name: "measured" });
  await aMinute(database.db, route.id, { ago: 0, received: 5, delivered: 3, failed: 1, tries: [3, 3, 3, 900] });
  await aMinute(database.db, route.id, { ago: 59, delivered: 2, dead: 1, duplicates: 1, tries: [3, 3] });
  await aMinute(database.db, route.id, { ago: 61, delivered: 1_000, tries: [90_000] });
  for (const state of ["pending", "retrying", "retrying", "succeeded"] as const) await aDelivery(database.db, route.id, { state });
  const group = await aGroup(database.db, route.sourceId);
  await someMessages(database.db, { connectionId: route.connectionId, sourceId: route.sourceId, groupId: group.id }, "dead", 2);
  const row = (await operator.routes.list()).find(({ id }) => id === route.id);
  expect(row).toMatchObject({
    name: "measured",
    destination: { kind: "http", method: "POST" },
    waiting: { count: 1, capped: false },
    retrying: { count: 2 },
    dead: { count: 2 },
    hour: { received: 5, delivered: 5, failed: 1, dead: 1, duplicates: 1 },
    p50: { ms: 4, kind: "upper_bound" },
    p99: { ms: 1_024, kind: "upper_bound" },
    breaker: { state: "open" },
  });
  expect(row?.minutes.map(({ delivered }) => delivered)).toEqual([2, ...Array.from({ length: 58 }, () => 0), 3]);
  expect(row).not.toHaveProperty("definition");
  expect((await operator.sources.list()).find(({ id }) => id === route.sourceId)).toMatchObject({ route: "measured", routeId: route.id });
});

test("the top errors of the last hour are told with their newest words", async () => {
  const route = await aRoute(database.db);
  const delivery = await aDelivery(database.db, route.id, { state: "retrying" });
  const ago = (ms: number) => ({ startedAt: new Date(Date.now() - ms) });
  await anAttempt(database.db, delivery, { ...ago(4_000), errorMessage: "old words" });
  await anAttempt(database.db, delivery, { ...ago(2_000), errorMessage: "new words", number: 2 });
  await anAttempt(database.db, delivery, { ...ago(3_000), errorCode: "timeout", errorStatus: null });
  await anAttempt(database.db, delivery, { ...ago(2 * 3_600_000), errorCode: "dns", errorStatus: null });
  await anAttempt(database.db, delivery, { ...ago(1_000), outcome: "confirmed", decision: "succeeded" });
  const found = await operator.routes.topErrors(route.id);
  expect(found.map(({ code, status, count, message }) => ({ code, status, count, message }))).toEqual([
    { code: "http_status", status: 503, count: 2, message: "new words" },
    { code: "timeout", status: null, count: 1, message: "503 Service Unavailable" },
  ]);
  expect((await operator.routes.attempts(route.id)).map(({ outcome }) => outcome)).toEqual(["confirmed", "refused", "refused", "refused", "refused"]);
});

test("a connection that a route reads from or delivers to is not removed", async () => {
  const target = await aConnection(database.db);
  await aRoute(database.db, { name: "bridge", definition: { destination: { kind: "queue", connectionId: target.id, target: { kind: "rabbitmq", exchange: "", routingKey: "x" } } } });
  await expect(admin.connections.remove(target.id)).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("the route bridge") });
});

test("operators steer but do not make routes, viewers only look", async () => {
  const { id } = await aRoute(database.db);
  await expect(operator.routes.update({ id, name: "x", version: 1, definition })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(operator.routes.remove(id)).rejects.toMatchObject({ code: "FORBIDDEN" });
  const viewer = callerAs(database, "viewer");
  await expect(viewer.routes.pause(id)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(viewer.routes.get(id)).resolves.toMatchObject({ id });
  expect(await database.db.select().from(audit).where(and(eq(audit.subject, id), eq(audit.act, "route.pause")))).toEqual([]);
});
