import { afterAll } from "vitest";
import { runAdapterContract } from "#test/adapter-contract.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { LIST_NOT_APPLICABLE, listHarness } from "#test/brokers/redis-list-harness.ts";
import type { RedisAddress } from "#test/brokers/redis.ts";

const { server, reason } = await onDemand<RedisAddress>("redis");
const open: AsyncDisposable[] = [];
afterAll(async () => {
  for (const harness of open) await harness[Symbol.asyncDispose]();
});

const made = async () => {
  if (server === null) throw new Error(reason);
  const harness = await listHarness(server);
  open.push(harness);
  return harness;
};

runAdapterContract("Redis list", made, LIST_NOT_APPLICABLE, reason);
