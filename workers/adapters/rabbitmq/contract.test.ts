import { runAdapterContract } from "#test/adapter-contract.ts";
import { rabbitHarness } from "#test/brokers/rabbitmq-harness.ts";

runAdapterContract("RabbitMQ classic", () => rabbitHarness("classic"));
