import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { listAudit } from "#db/queries/audit.ts";
import { listApiKeys } from "#db/queries/api-keys.ts";
import { somebody } from "#test/people.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { apiKeyOf, createApiKey, endApiKey } from "./api-keys.ts";

let created: TestDatabase;
let database: Database;
beforeAll(async () => {
  created = await testDatabase();
  database = connect(created.url, { max: 4, name: "test" });
});
afterAll(async () => {
  await database.close();
  await created.drop();
});

test("a key is shown once, works by its hash, and ends for good", async () => {
  const { db } = database;
  const admin = await somebody(db, "admin");
  const { id, key } = await createApiKey(db, admin, "shop");
  expect(key).toMatch(/^rdr_[A-Za-z0-9_-]{43}$/);
  expect(await apiKeyOf(db, `Bearer ${key}`)).toEqual({ id, name: "shop" });
  for (const wrong of [null, key, `bearer ${key}`, `Bearer ${key} `, `Bearer ${key.slice(0, -1)}`, "Bearer rdr_"]) expect(await apiKeyOf(db, wrong), `${wrong}`).toBeNull();
  const [row] = await listApiKeys(db);
  expect(row).toMatchObject({ id, name: "shop", beginning: key.slice(0, 10), createdBy: admin.name, revokedAt: null });
  expect(JSON.stringify(row)).not.toContain(key.slice(10));
  await endApiKey(db, admin, id);
  expect(await apiKeyOf(db, `Bearer ${key}`)).toBeNull();
  await expect(endApiKey(db, admin, id)).rejects.toMatchObject({ code: "not_found" });
  const entries = await listAudit(db, {}, { limit: 10 });
  expect(entries.map(({ act }) => act)).toEqual(["api_key.revoke", "api_key.create"]);
  expect(JSON.stringify(entries)).not.toContain(key.slice(10));
});
