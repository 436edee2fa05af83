import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { applyConfig } from "#db/queries/apply-config.ts";
import { makeKeyPair } from "#db/secrets.ts";
import { eventually } from "#test/eventually.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { startWorker } from "#test/worker-process.ts";
import { jobsOf } from "./installation.ts";
import { start as startPgBoss } from "./pgboss-traffic.ts";
import { startRoutes } from "./routes.ts";

let database: TestDatabase;
let pool: Database;
let folder: string;
let keyFile: string;
beforeEach(async () => {
  database = await testDatabase();
  pool = connect(database.url, { max: 2, name: "test" });
  folder = await mkdtemp(join(tmpdir(), "redrive-demo-routes-"));
  keyFile = join(folder, "key.pem");
  const { privateKey } = makeKeyPair();
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  await applyConfig(pool.sql, { connections: [jobsOf(database.url)], sources: [] }, privateKey);
});
afterEach(async () => {
  await pool.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const options = () => ({ url: database.url, rate: 90, signal: new AbortController().signal, log: () => undefined });
const routes = () => pool.sql<{ id: string; name: string; version: number; url: string }[]>`
  select id, name, version, definition::json -> 'destination' ->> 'url' as url from routes order by name`;

test("orders go through the route: delivered, some after more than one try, duplicates not delivered, some dead", { timeout: 120_000 }, async () => {
  const stops = [await startPgBoss(options()), await startRoutes(options())];
  await using worker = await startWorker({ databaseUrl: database.url, keyFile });
  try {
    await eventually(async () => {
      const [counts] = await pool.sql`
        select count(*) filter (where state = 'succeeded' and duplicate_of is null) > 50 as delivered,
          count(*) filter (where state = 'succeeded' and tries > 1) > 0 as retried,
          count(*) filter (where duplicate_of is not null) > 0 as duplicates, count(*) filter (where state = 'dead') > 0 as dead
        from deliveries`;
      expect(counts, worker.tail()).toEqual({ delivered: true, retried: true, duplicates: true, dead: true });
    }, { timeoutMs: 90_000 });
    const dead = await pool.sql`select distinct error_code as code, error_status as status from deliveries where state = 'dead'`;
    expect(dead).toContainEqual({ code: "http_status", status: 422 });
  } finally {
    await Promise.all(stops.map((stop) => stop()));
  }
});

test("started again it is the same route at the same port; where that is taken by then, the route learns of the new one", async () => {
  const run = async (): Promise<void> => (await startRoutes(options()))();
  const settled = async (version: number) =>
    eventually(async () => {
      const found = await routes();
      expect(found.map((route) => route.version)).toEqual([version]);
      return found[0]!;
    });
  const stop = await startRoutes(options());
  const first = await settled(1);
  await stop();
  await run();
  expect(await settled(1)).toEqual(first);
  const port = Number(new URL(first.url).port);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
  const again = await startRoutes(options());
  try {
    const moved = await settled(2);
    expect(moved).toMatchObject({ id: first.id, name: "orders to inventory" });
    expect(moved.url).not.toBe(first.url);
  } finally {
    await again();
    other.close();
  }
  await pool.sql`delete from routes`;
  const last = await startRoutes(options());
  await last();
  expect(await routes(), "what a visitor removed stays removed").toEqual([]);
});
