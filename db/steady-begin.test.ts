import { sql as text } from "drizzle-orm";
import postgres from "postgres";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { connect, type Database } from "#db/client.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";

let database: TestDatabase;
let clients: Database;
let admin: postgres.Sql;

beforeAll(async () => {
  database = await testDatabase();
  admin = postgres(database.url, { max: 1, onnotice: () => undefined });
});
// Anew for each test: postgres.js reports the end of a connection once more to the first statement of its successor.
beforeEach(() => {
  clients = connect(database.url, { max: 2, name: "steady" });
});
afterEach(() => clients.close());
afterAll(async () => {
  await admin.end({ timeout: 1 });
  await database.drop();
});

const kill = async (pid: number): Promise<void> => {
  await admin`select pg_terminate_backend(${pid})`;
};
const LOST = { code: "CONNECTION_CLOSED" };

test("a backend that is ended while a statement of a transaction runs rejects the transaction and nothing else", async () => {
  const { sql } = clients;
  const lost = sql.begin(async (tx) => {
    const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const ended = pause(100).then(() => kill(row!.pid));
    await tx`select pg_sleep(5)`;
    await ended;
  });
  await expect(lost).rejects.toMatchObject(LOST);
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
});

test("the same while the transaction is busy elsewhere: its next statement and its commit are not sent", async () => {
  const { sql } = clients;
  for (const goesOn of [true, false]) {
    const refused = Promise.withResolvers<unknown>();
    const lost = sql.begin(async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await kill(row!.pid);
      await pause(200);
      if (!goesOn) return refused.resolve(LOST);
      await Promise.resolve().then(() => tx`select 2`).catch(refused.resolve);
    });
    await expect(lost).rejects.toMatchObject(LOST);
    expect(await refused.promise).toMatchObject(LOST);
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  }
});

test("the same through drizzle", async () => {
  const { db } = clients;
  const lost = db.transaction(async (tx) => {
    const [row] = await tx.execute<{ pid: number }>(text`select pg_backend_pid() as pid`);
    const ended = pause(100).then(() => kill(row!.pid));
    await tx.execute(text`select pg_sleep(5)`);
    await ended;
  });
  await expect(lost).rejects.toMatchObject(LOST);
  expect(await db.execute(text`select 1 as one`)).toEqual([{ one: 1 }]);
});

test("a transaction commits, rolls back on an error of its own, and keeps savepoints", async () => {
  const { sql } = clients;
  await sql`create table steady (n int)`;
  await sql.begin("isolation level serializable", async (tx) => {
    await tx`insert into steady values (1)`;
    await tx.savepoint((inner) => inner`insert into steady values ('no')`).catch(() => undefined);
    await tx`insert into steady values (2)`;
  });
  await expect(sql.begin(async (tx) => {
    await tx`insert into steady values (3)`;
    throw new Error("no");
  })).rejects.toThrow("no");
  await expect(sql.begin((tx) => [tx`insert into steady values (4)`, tx`insert into steady values ('x')`])).rejects.toMatchObject({ code: "22P02" });
  expect(await sql`select n from steady order by n`).toEqual([{ n: 1 }, { n: 2 }]);
});
