import { afterAll, beforeAll, expect, test } from "vitest";
import type { RedriveConfig } from "#core/config/check.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { connect, type Database } from "../client.ts";
import { makeKeyPair, unseal } from "../secrets.ts";
import { applyConfig } from "./apply-config.ts";

let database: TestDatabase;
let pool: Database;
const { privateKey } = makeKeyPair();

beforeAll(async () => {
  database = await testDatabase();
  pool = connect(database.url, { max: 2, name: "test" });
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

const config = (password: string, queues: string[]): Pick<RedriveConfig, "connections" | "sources"> => ({
  connections: [{ name: "shop", kind: "rabbitmq", settings: { host: "rabbit" }, secrets: { password } }],
  sources: queues.map((queue) => ({ connection: "shop", source: { queue, type: "classic" }, custody: "taken", consent: true, capture: true, watchSeconds: 60 })),
});

const connection = async () => (await pool.sql`select revision, secrets, managed_by as "managedBy" from connections`)[0];

test("the file makes connections and sources, and reading it again changes nothing", async () => {
  await applyConfig(pool.sql, config("s3cret", ["a.dlq", "b.dlq"]), privateKey);
  await applyConfig(pool.sql, config("s3cret", ["a.dlq", "b.dlq"]), privateKey);
  const row = await connection();
  expect(row).toMatchObject({ revision: 1, managedBy: "file" });
  expect(unseal(privateKey, String(row?.secrets))).toBe('{"password":"s3cret"}');
  const sources = await pool.sql`select name, capturing, consent_by as consent, watch_seconds as watch from sources order by name`;
  expect([...sources]).toEqual([
    { name: "a.dlq", capturing: true, consent: "redrive.yaml", watch: 60 },
    { name: "b.dlq", capturing: true, consent: "redrive.yaml", watch: 60 },
  ]);
});

test("a changed secret opens the sessions anew; a source that left the file keeps its messages and stops", async () => {
  const { dropped } = await applyConfig(pool.sql, config("other", ["a.dlq"]), privateKey);
  expect(dropped).toEqual(["b.dlq"]);
  expect((await connection())?.revision).toBe(2);
  const [gone] = await pool.sql`select capturing, managed_by as "managedBy" from sources where name = 'b.dlq'`;
  expect(gone).toEqual({ capturing: false, managedBy: "screen" });
});
