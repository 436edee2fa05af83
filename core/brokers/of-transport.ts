import type { Transport } from "../message/native.ts";
import type { BrokerKind } from "./index.ts";

const kinds: { readonly [T in Transport]: BrokerKind } = {
  "amqp-0.9.1": "rabbitmq",
  kafka: "kafka",
  "redis-list": "redis-list",
  "redis-stream": "redis-stream",
  nats: "nats",
  rocketmq: "rocketmq",
  pulsar: "pulsar",
  pgboss: "pgboss",
};

/** The kind of broker a message of this transport came from and can go back to. */
export const kindOfTransport = (transport: Transport): BrokerKind => kinds[transport];
