import postgres from "postgres";
import { expect, test } from "vitest";
import { testDatabase } from "./postgres.ts";

test("two databases of one template do not see each other's rows", async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
  const sql = postgres(one.url, { max: 1 });
  const elsewhere = postgres(other.url, { max: 1 });
  try {
    await sql`create table only_here (id int)`;
    expect(await sql`select to_regclass('only_here') is not null as found`).toEqual([{ found: true }]);
    expect(await elsewhere`select to_regclass('only_here') is not null as found`).toEqual([{ found: false }]);
  } finally {
    await Promise.all([sql.end(), elsewhere.end()]);
    await Promise.all([one.drop(), other.drop()]);
  }
});
