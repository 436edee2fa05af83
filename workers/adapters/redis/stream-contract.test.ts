import { afterAll } from "vitest";
import { runAdapterContract } from "#test/adapter-contract.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import type { RedisAddress } from "#test/brokers/redis.ts";
import { streamHarness } from "#test/brokers/redis-stream-harness.ts";

const { server, reason } = await onDemand<RedisAddress>("redis");
const open: AsyncDisposable[] = [];
afterAll(async () => {
  for (const harness of open) await harness[Symbol.asyncDispose]();
});

const made = async (mode: "dead" | "stuck") => {
  if (server === null) throw new Error(reason);
  const harness = await streamHarness(server, mode);
  open.push(harness);
  return harness;
};

runAdapterContract("Redis stream", () => made("dead"), {}, reason);
runAdapterContract("Redis stream, stuck", () => made("stuck"), {}, reason);
