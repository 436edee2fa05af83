import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RedriveConfig } from "#core/config/check.ts";
import { connect, type Database } from "#db/client.ts";
import { readSetting } from "#db/queries/settings.ts";
import { seal, unseal } from "#db/secrets.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { keptSecret, secretKey } from "../installation.ts";
import { recordInstallation } from "./record.ts";

let home = "";
let database: TestDatabase;
let pool: Database;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "redrive-record-"));
  database = await testDatabase();
  pool = connect(database.url, { max: 1, name: "test" });
});

afterEach(async () => {
  await pool.close();
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

const config: RedriveConfig = {
  environment: { name: "production", tone: "red", production: true },
  retention: { discardedDays: 30, resolvedDays: 90 },
  connections: [{ name: "shop", kind: "rabbitmq", settings: { host: "rabbit" }, secrets: { password: "s3cret" } }],
  sources: [],
  routes: [],
};

test("the web finds the key to seal with, and the workers' key opens what it sealed", async () => {
  const file = await secretKey(home, undefined);
  await recordInstallation(database.url, file, undefined, () => undefined);
  const publicKey = (await readSetting(pool.db, "sealing_public_key")) ?? "";
  const privateKey = await keptSecret(home, "broker-secrets.pem", () => "not this one");
  expect(unseal(privateKey, seal(publicKey, "hush"))).toBe("hush");
});

test("what the file says is stored, and a later start without a file leaves it", async () => {
  const file = await secretKey(home, undefined);
  await recordInstallation(database.url, file, config, () => undefined);
  await recordInstallation(database.url, file, undefined, () => undefined);
  expect(JSON.parse((await readSetting(pool.db, "environment")) ?? "null")).toEqual(config.environment);
  const [shop] = await pool.sql`select name, managed_by as "managedBy", secrets from connections`;
  expect(shop).toMatchObject({ name: "shop", managedBy: "file" });
  expect(JSON.stringify(shop)).not.toContain("s3cret");
});

test("a key file that is not there is named", async () => {
  await expect(recordInstallation(database.url, "/nowhere/key.pem", undefined, () => undefined)).rejects.toThrow("/nowhere/key.pem, cannot be read (ENOENT)");
});

test("of many that make a secret at once, all get the same", async () => {
  let count = 0;
  const made = await Promise.all(Array.from({ length: 20 }, () => keptSecret(home, "one", () => `secret ${(count += 1)}`)));
  expect(new Set(made).size).toBe(1);
});
