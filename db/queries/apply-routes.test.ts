import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RedriveConfig } from "#core/config/check.ts";
import type { ConfiguredRoute } from "#core/config/routes.ts";
import { writtenRoute } from "#core/route/definition.ts";
import { leaseOf, makeDeath } from "#test/factories/place.ts";
import { aRoute } from "#test/factories/route.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { connect, type Database } from "../client.ts";
import { makeKeyPair } from "../secrets.ts";
import { applyConfig } from "./apply-config.ts";
import { storeBatch } from "./capture.ts";

let database: TestDatabase;
let pool: Database;
const { privateKey } = makeKeyPair();

beforeAll(async () => {
  database = await testDatabase();
  pool = connect(database.url, { max: 2, name: "test" });
});
beforeEach(async () => {
  await pool.sql`truncate connections, sources, routes cascade`;
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

const HTTP = { destination: { kind: "http", url: "https://shop.example/orders" } } as const;
const route = (name: string, queue: string, over: Partial<ConfiguredRoute> = {}): ConfiguredRoute => ({
  name, connection: "shop", source: { queue, type: "classic" }, custody: "taken", consent: true, paused: false, watchSeconds: 60, written: writtenRoute.parse(HTTP), ...over,
}); // prettier-ignore
const file = (routes: readonly ConfiguredRoute[], captured: readonly string[] = []): Pick<RedriveConfig, "connections" | "sources" | "routes"> => ({
  connections: [
    { name: "shop", kind: "rabbitmq", settings: { host: "rabbit" }, secrets: {} },
    { name: "cache", kind: "redis-stream", settings: { host: "redis" }, secrets: {} },
  ],
  sources: captured.map((queue) => ({ connection: "shop", source: { queue, type: "classic" }, custody: "taken", consent: true, capture: true, watchSeconds: 60 })),
  routes,
});
const apply = (...given: Parameters<typeof file>) => applyConfig(pool.sql, file(...given), privateKey);
const stored = () => pool.sql`
  select r.name, s.name as queue, r.state, r.version, r.managed_by as by, s.capturing, s.consent_by as consent, s.managed_by as "sourceBy"
  from routes r join sources s on s.id = r.source_id order by r.name`;
const A = { name: "a", queue: "q", state: "running", version: 1, by: "file", capturing: true, consent: "redrive.yaml", sourceBy: "file" };

test("the file makes a route and its source; reading it again changes nothing, a changed definition is its next version", async () => {
  const guarded = writtenRoute.parse({
    destination: { kind: "queue", connection: "cache", target: { kind: "redis-stream", key: "out" } },
    guard: { key: { by: "body_hash" }, store: { kind: "redis", connection: "cache" } },
    deadLetterTo: { connection: "shop", target: { kind: "rabbitmq", exchange: "", routingKey: "q.dead" } },
  });
  await apply([route("a", "q"), route("b", "p", { paused: true })]);
  await apply([route("a", "q"), route("b", "p", { paused: true })]);
  expect([...(await stored())]).toEqual([A, { ...A, name: "b", queue: "p", state: "paused", capturing: false }]);
  await apply([route("a", "q", { written: guarded })]);
  expect((await stored())[0]).toEqual({ ...A, version: 2 });
  const ids = new Map((await pool.sql<{ name: string; id: string }[]>`select name, id from connections`).map(({ name, id }) => [name, id]));
  const [row] = await pool.sql<{ definition: string }[]>`select definition from routes where name = 'a'`;
  expect(JSON.parse(row?.definition ?? "")).toMatchObject({
    destination: { kind: "queue", connectionId: ids.get("cache"), target: { key: "out" } },
    guard: { store: { kind: "redis", connectionId: ids.get("cache") } },
    deadLetterTo: { connectionId: ids.get("shop") },
    retry: { maxAttempts: 8 },
  });
});

test("a route that left the file is paused and handed to the screen; one that came back is the file's again", async () => {
  await apply([route("a", "q")]);
  expect(await apply([])).toEqual({ dropped: [], pausedRoutes: ["a"] });
  expect([...(await stored())]).toEqual([{ ...A, state: "paused", by: "screen", capturing: false, sourceBy: "screen" }]);
  await apply([route("a", "q")]);
  expect([...(await stored())]).toEqual([A]);
});

test("what a person paused stays paused over starts", async () => {
  await apply([route("a", "q")]);
  await pool.sql`update routes set state = 'paused'`;
  await apply([route("a", "q")]);
  expect([...(await stored())]).toEqual([{ ...A, state: "paused", capturing: false }]);
});

test("another name for the same queue is the same route; another queue under the same name is none", async () => {
  await apply([route("a", "q")]);
  const before = await pool.sql`select id from routes`;
  await apply([route("renamed", "q")]);
  expect([...(await stored())]).toEqual([{ ...A, name: "renamed", version: 2 }]);
  expect(await pool.sql`select id from routes`).toEqual(before);
  await expect(apply([route("renamed", "other")])).rejects.toThrow("A route keeps its queue");
  expect([...(await stored())]).toEqual([{ ...A, name: "renamed", version: 2 }]);
});

test("a queue that is somebody else's is refused in words, and nothing is changed", async () => {
  await apply([], ["captured"]);
  const [{ id: connectionId } = { id: "" }] = await pool.sql<{ id: string }[]>`select id from connections where name = 'shop'`;
  await aRoute(pool.db, { name: "of the screen", queue: "routed", connectionId });
  await expect(apply([route("a", "routed")])).rejects.toThrow("routed is read by the route of the screen already");
  await expect(apply([], ["captured", "routed"])).rejects.toThrow("routed is read by the route of the screen; remove that");
  const [source] = await pool.sql<{ id: string }[]>`select id from sources where name = 'captured'`;
  const place = { connectionId, sourceId: source?.id ?? "", name: "captured" };
  await storeBatch(pool.sql, { ...place, deaths: [makeDeath()], notices: [], inHand: [], cursor: null, worker: "test", lease: await leaseOf(pool.sql, place) });
  await expect(apply([route("a", "captured")])).rejects.toThrow("mixed up");
  expect(await pool.sql`select managed_by, capturing from sources where name = 'captured'`).toEqual([{ managed_by: "file", capturing: true }]);
  // under its own name the screen's route becomes the file's
  await apply([route("of the screen", "routed")], ["captured"]);
  expect([...(await stored())]).toMatchObject([{ name: "of the screen", by: "file", version: 2, consent: "The admin" }]);
});
