import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { expect, inject, test } from "vitest";
import { testDatabase } from "#test/postgres.ts";

const RUN = join(import.meta.dirname, "run.ts");

test("every order is reserved exactly once although the inventory fails, hangs, loses answers and is killed", { timeout: 240_000 }, async () => {
  const rabbit = inject("rabbitmq");
  if (!rabbit.available) throw new Error(`this example needs RabbitMQ: ${rabbit.reason}`);
  const database = await testDatabase();
  const home = await mkdtemp(join(tmpdir(), "redrive-example-"));
  try {
    const run = spawn(process.execPath, [RUN, "--headless"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        DATABASE_URL: database.url,
        EXAMPLE_HOME: home,
        RABBITMQ_URL: `amqp://${rabbit.username}:${rabbit.password}@${rabbit.host}:${rabbit.port}/${encodeURIComponent(rabbit.vhost)}`,
      },
    });
    const output = await text(run.stdout);
    expect(output).toContain("81 orders placed, 81 of them reserved exactly once");
    using ledger = new DatabaseSync(join(home, "inventory.db"));
    const all = (query: string) => ledger.prepare(query).all().map((row) => ({ ...row }));
    expect(all("select count(*) as reservations, count(distinct order_id) as orders from reservations")).toEqual([{ reservations: 81, orders: 81 }]);
    expect(all("select 300000 - sum(available) as gone from stock"), "the stock is that much less").toEqual(all("select sum(quantity) as gone from reservations"));
    // what was reserved and not answered came again, and was known by its webhook-id
    const [again] = all("select count(*) as count from calls where fault = 'none' and webhook_id in (select webhook_id from calls where fault = 'drop')");
    expect(again?.["count"]).toBeGreaterThan(0);
  } finally {
    await database.drop();
    await rm(home, { recursive: true, force: true });
  }
});
