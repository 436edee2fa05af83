import { expect, test as base } from "@playwright/test";
import type { PgBoss } from "pg-boss";
import postgres from "postgres";
import { openBoss } from "./boss.ts";
import { type Facts, facts, type Pair, type SignedIn } from "./facts.ts";
import { openRabbit, type Rabbit } from "./rabbit.ts";

type Options = {
  /** Whose session the browser has; null: nobody's. */
  readonly role: SignedIn | null;
};
type World = { readonly world: Facts; readonly sql: postgres.Sql; readonly rabbit: Rabbit; readonly boss: PgBoss };

/** Playwright's test with a signed-in browser, the database, and the brokers as producers and consumers see them. */
export const test = base.extend<Options, World>({
  role: ["owner", { option: true }],
  baseURL: async ({ world }, use) => use(world.url),
  storageState: async ({ world, role }, use) => use(role === null ? undefined : world.states[role]),
  world: [async ({}, use) => use(facts()), { scope: "worker" }],
  sql: [
    async ({ world }, use) => {
      const sql = postgres(world.databaseUrl, { max: 2, onnotice: () => undefined });
      await use(sql);
      await sql.end({ timeout: 5 });
    },
    { scope: "worker" },
  ],
  rabbit: [
    async ({ world }, use) => {
      const rabbit = await openRabbit(world.rabbitUrl);
      await use(rabbit);
      await rabbit.close();
    },
    { scope: "worker" },
  ],
  boss: [
    async ({ world }, use) => {
      const boss = await openBoss(world.databaseUrl);
      await use(boss);
      await boss.stop({ graceful: false });
    },
    { scope: "worker" },
  ],
});

export { expect };

/** The id of the source that captures the dead letters of `pair`. */
export async function sourceOf(sql: postgres.Sql, { dead }: Pick<Pair, "dead">): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from sources where name = ${dead}`;
  if (row === undefined) throw new Error(`${dead} is not a source`);
  return row.id;
}
