import { rabbitmqSubject } from "./rabbitmq.ts";
import { rocketMqSubject } from "./rocketmq.ts";
import type { Subject } from "./subject.ts";

/** Every kind that is measured beside its bare client. */
export const SUBJECTS: readonly Subject[] = [
  rabbitmqSubject,
  rocketMqSubject,
];
