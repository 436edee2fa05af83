import { afterAll } from "vitest";
import { runAdapterContract } from "#test/adapter-contract.ts";
import { rabbitHarness, stopOwnRabbit } from "#test/brokers/rabbitmq-harness.ts";

afterAll(stopOwnRabbit);

runAdapterContract("RabbitMQ classic", () => rabbitHarness("classic"));
runAdapterContract("RabbitMQ quorum", () => rabbitHarness("quorum"));
runAdapterContract("RabbitMQ stream", () => rabbitHarness("stream"), {
  "depth counts what waits": "RabbitMQ 3.10 tells the length of a stream neither by passive declare nor in its totals",
  "the depth of a missing queue is unknown": "the depth of every stream is unknown, the missing one's as not_found (measure.test.ts)",
});
