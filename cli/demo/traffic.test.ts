import { createServer } from "node:net";
import postgres from "postgres";
import { expect, test } from "vitest";
import { eventually } from "#test/eventually.ts";
import { testDatabase } from "#test/postgres.ts";
import { DEMO_SCHEMA } from "./pgboss-traffic.ts";
import { rabbitmqDemo } from "./rabbitmq.ts";
import { start } from "./traffic.ts";

test("pg-boss trades although no RabbitMQ answers, RabbitMQ is tried when one does, and both stop", { timeout: 60_000 }, async () => {
  const database = await testDatabase();
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  const called = Promise.withResolvers<void>();
  const port = createServer((socket) => {
    socket.on("error", () => undefined).on("data", (bytes) => bytes.toString("latin1").startsWith("AMQP") && called.resolve());
  });
  await new Promise<void>((resolve) => port.listen(0, "127.0.0.1", resolve));
  const address = port.address();
  const listening = typeof address === "object" && address !== null ? address.port : 0;
  const given = { postgresUrl: database.url, rate: 50, signal: new AbortController().signal, log: () => undefined };
  const without = await start({ ...given, brokers: [{ ...rabbitmqDemo, url: "amqp://127.0.0.1:1" }] });
  try {
    await eventually(async () => {
      const rows = await sql<{ name: string }[]>`select distinct name from ${sql(DEMO_SCHEMA)}.job where state = 'completed'`;
      expect(rows.map(({ name }) => name).toSorted()).toEqual(["emails", "orders", "payments"]);
    }, { timeoutMs: 20_000 });
    await without();
    const stop = await start({ ...given, brokers: [{ ...rabbitmqDemo, url: `amqp://127.0.0.1:${listening}` }] });
    await called.promise;
    await stop();
  } finally {
    await without();
    port.close();
    await sql.end({ timeout: 1 });
    await database.drop();
  }
});
