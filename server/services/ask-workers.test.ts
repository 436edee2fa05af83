import { afterAll, beforeAll, expect, test } from "vitest";
import { commandInputs } from "#core/commands.ts";
import { connect, type Database } from "#db/client.ts";
import { audit, commands } from "#db/schema/index.ts";
import { unseal } from "#db/secrets.ts";
import { aConnection, callerAs, withSealingKey } from "#test/factories/places.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await testDatabase();
  database = connect(home.url, { max: 2, name: "test" });
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

test("a probe hands the workers checked settings and sealed secrets", async () => {
  const pair = await withSealingKey(database.db);
  const { commandId } = await callerAs(database, "admin").connections.probe({
    kind: "pgboss",
    settings: { host: "pg.internal" },
    secrets: { password: "hush" },
  });
  const [row] = await database.db.select().from(commands);
  expect(row).toMatchObject({ id: commandId, kind: "probe", state: "waiting", requestedBy: "The admin" });
  const input = commandInputs.probe.parse(JSON.parse(row?.input ?? ""));
  expect(JSON.parse(input.settings)).toMatchObject({ host: "pg.internal", schema: "pgboss" });
  expect(JSON.parse(unseal(pair.privateKey, input.secrets))).toEqual({ password: "hush" });
});

test("a wish that still waits is not made twice", async () => {
  const { id } = await aConnection(database.db, { name: "Orders" });
  const operator = callerAs(database, "operator");
  const one = await operator.connections.discover(id);
  const other = await operator.connections.discover(id);
  const measure = await operator.connections.measure(id);
  expect(other).toEqual(one);
  expect(measure).not.toEqual(one);
  expect(await operator.connections.command(one.commandId)).toMatchObject({ kind: "discover", state: "waiting", faultCode: null });
  const acts = (await database.db.select({ act: audit.act }).from(audit)).map((entry) => entry.act);
  expect(acts).toEqual(["connection.probe", "connection.discover", "connection.discover", "connection.measure"]);
});

test("nobody is asked about a connection that is not there", async () => {
  await expect(callerAs(database, "operator").connections.discover(crypto.randomUUID())).rejects.toMatchObject({ code: "NOT_FOUND" });
});
