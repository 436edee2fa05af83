import type { BrokerKind } from "./index.ts";

/** One field of a target as a person types it. */
export type TargetField = {
  readonly name: "exchange" | "routingKey" | "queue" | "topic" | "partition" | "key" | "end" | "subject" | "stream" | "delivery";
  /** Left empty it is null, or the broker's default. */
  readonly optional: boolean;
  /** The first is the default; of an optional field it is what is meant when nothing is said. */
  readonly choices?: readonly string[];
};

const needed = (name: TargetField["name"]): TargetField => ({ name, optional: false });
const optional = (name: TargetField["name"]): TargetField => ({ name, optional: true });

/** What has to be typed to name a place to send to, the one that names it first. */
export const TARGET_FIELDS: { readonly [K in BrokerKind]: readonly TargetField[] } = {
  rabbitmq: [optional("exchange"), optional("routingKey")],
  kafka: [needed("topic"), optional("partition")],
  "redis-list": [needed("key"), { name: "end", optional: false, choices: ["left", "right"] }],
  "redis-stream": [needed("key")],
  nats: [needed("subject"), optional("stream"), { name: "delivery", optional: true, choices: ["stored", "at_most_once"] }],
  rocketmq: [needed("topic")],
  pulsar: [needed("topic")],
  pgboss: [needed("queue")],
};
