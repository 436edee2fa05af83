import { baseForm } from "./base-form.ts";
import type { Decoder } from "./decoder.ts";
import { resendPlan } from "./resend-plan.ts";

/** Nothing we know of wrote about a death: an operator names the target. */
export const unknown: Decoder = {
  rule: "unknown",
  title: "Unknown",
  transports: ["amqp-0.9.1", "pgboss", "kafka", "redis-list", "redis-stream", "nats", "rocketmq", "pulsar"],
  matches: () => true,
  decode: baseForm,
  plan: (captured) => resendPlan(captured, { failedQueue: null, origin: null }),
};
