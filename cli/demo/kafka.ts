import { kafka } from "#core/brokers/kafka.ts";
import { captured, type DemoBroker } from "./demo-broker.ts";
import { env } from "./env.ts";

/** Payments on Kafka, dead ones in a topic as Spring Kafka writes them. */
export const kafkaDemo: DemoBroker = {
  name: "Kafka",
  url: env.kafkaUrl,
  connection: { name: "events", kind: "kafka", settings: kafka.settings.parse({ brokers: new URL(env.kafkaUrl).host }), secrets: { password: "", schemaRegistryPassword: "" } },
  sources: [captured("events", { queue: "demo.payments-dlt" }, false)],
  start: async (options) => (await import("./kafka-traffic.ts")).start(options),
};
