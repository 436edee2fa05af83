import { pulsarSubject } from "./pulsar.ts";
import { rabbitmqSubject } from "./rabbitmq.ts";
import type { Subject } from "./subject.ts";

/** Every kind that is measured beside its bare client. */
export const SUBJECTS: readonly Subject[] = [
  rabbitmqSubject,
  pulsarSubject,
];
