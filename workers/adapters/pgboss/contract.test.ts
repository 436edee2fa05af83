import { afterAll } from "vitest";
import { runAdapterContract } from "#test/adapter-contract.ts";
import { pgBossHarness } from "#test/brokers/pgboss-harness.ts";

const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
});

runAdapterContract("pg-boss", async () => {
  const { harness, close } = await pgBossHarness();
  ends.push(close);
  return harness;
});
