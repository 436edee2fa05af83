import { kafkaSubject } from "./kafka.ts";
import { natsSubject } from "./nats.ts";
import { pgBossSubject } from "./pgboss.ts";
import { pulsarSubject } from "./pulsar.ts";
import { rabbitmqSubject } from "./rabbitmq.ts";
import { redisListSubject } from "./redis-list.ts";
import { redisStreamSubject } from "./redis-stream.ts";
import { rocketMqSubject } from "./rocketmq.ts";
import type { Subject } from "./subject.ts";

/** Every kind that is measured beside its bare client. */
export const SUBJECTS: readonly Subject[] = [
  rabbitmqSubject,
  redisListSubject,
  redisStreamSubject,
  natsSubject,
  pgBossSubject,
  kafkaSubject,
  rocketMqSubject,
  pulsarSubject,
];
