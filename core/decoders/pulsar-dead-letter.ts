import type { Decoder } from "./decoder.ts";
import { isCppId, isPulsarDeath, isRetryTopic, pulsarForm, pulsarOf, pulsarPlan, reconsumeTimes } from "./pulsar-values.ts";

/** The dead-letter topic of Java's and Go's client, after too many deliveries; source: RetryMessageUtil.java, dlq_router.go. */
export const pulsarDeadLetter: Decoder = {
  rule: "pulsar-dead-letter",
  title: "Pulsar dead-letter topic",
  transports: ["pulsar"],
  matches: isPulsarDeath,
  decode: pulsarForm,
  plan: (captured) => pulsarPlan(captured),
};

/** The same of C++ and of what is made of it: two properties only, the id in brackets; source: ConsumerImpl.cc, MessageId.cc. */
export const pulsarCpp: Decoder = {
  rule: "pulsar-cpp",
  title: "Pulsar dead-letter topic of C++, Node.js or Python",
  transports: ["pulsar"],
  matches: (captured) => isPulsarDeath(captured) && isCppId(captured),
  decode: (captured) => ({ ...pulsarForm(captured), attempts: reconsumeTimes(captured) }),
  plan: (captured) => pulsarPlan(captured),
};

/** Given up with `reconsumeLater`, which counts on the message; in a `-RETRY` topic it still waits for its next try. */
export const pulsarReconsumeLater: Decoder = {
  rule: "pulsar-reconsume-later",
  title: "Pulsar retry letter topic",
  transports: ["pulsar"],
  matches: (captured) => isPulsarDeath(captured) && reconsumeTimes(captured) !== null,
  decode: (captured) => ({ ...pulsarForm(captured), reason: isRetryTopic(pulsarOf(captured)?.queue) ? "rejected" : "retries_exhausted", attempts: reconsumeTimes(captured) }),
  plan: (captured) => pulsarPlan(captured),
};
