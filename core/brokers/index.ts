import { kafka } from "./kafka.ts";
import { nats } from "./nats.ts";
import { pgboss } from "./pgboss.ts";
import { pulsar } from "./pulsar.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { redisList } from "./redis-list.ts";
import { redisStream } from "./redis-stream.ts";
import { rocketmq } from "./rocketmq.ts";

/** Every broker kind Redrive has words for. */
export const manifests = {
  rabbitmq,
  kafka,
  "redis-list": redisList,
  "redis-stream": redisStream,
  nats,
  rocketmq,
  pulsar,
  pgboss,
} as const;
export type BrokerKind = keyof typeof manifests;

/** Every broker kind Redrive speaks to, in the order in which they are offered. */
export const BROKER_KINDS: readonly BrokerKind[] = [
  "rabbitmq",
  "kafka",
  "redis-stream",
  "nats",
  "rocketmq",
  "pgboss",
];
