import type { DemoBroker } from "./demo-broker.ts";
import { kafkaDemo } from "./kafka.ts";
import { natsDemo } from "./nats.ts";
import { rabbitmqDemo } from "./rabbitmq.ts";
import { redisStreamDemo } from "./redis.ts";
import { rocketMqDemo } from "./rocketmq.ts";

/** The brokers the demo looks for, besides pg-boss on its own PostgreSQL. */
export const DEMO_BROKERS: readonly DemoBroker[] = [
  rabbitmqDemo,
  kafkaDemo,
  redisStreamDemo,
  natsDemo,
  rocketMqDemo,
];
