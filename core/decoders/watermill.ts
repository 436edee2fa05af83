import { kindOfTransport } from "../brokers/of-transport.ts";
import { headerText } from "../message/header.ts";
import type { Origin, Target } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, given, headerProse } from "./fields.ts";
import { producedAt, topicNamed, topicTarget } from "./kafka-values.ts";
import { resendPlan, subjectTarget } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const POISONED = ["reason_poisoned", "topic_poisoned", "handler_poisoned", "subscriber_poisoned"];
/** `_watermill_requeuer_retries` stays: by it an application may bound its own tries. */
const STRIP = [...POISONED, "_watermill_delayed_until", "_watermill_delayed_for"];

const topicOf = ({ headers, native }: Captured): string | null => {
  const topic = headerText(headers, "topic_poisoned") || null;
  return native.transport === "kafka" ? topicNamed(topic) : topic;
};

/** A topic is a subject in NATS, unless configured otherwise; in RabbitMQ it is a queue or an exchange, which is not told. */
function originOf(captured: Captured): Origin | null {
  const topic = topicOf(captured);
  const kind = kindOfTransport(captured.native.transport);
  if (topic === null) return null;
  if (kind === "kafka") return { kind, topic };
  return kind === "nats" ? { kind, subject: topic } : { kind, receiver: topic };
}

function targetOf(captured: Captured): Target | null {
  const topic = topicOf(captured);
  if (captured.native.transport === "kafka") return topicTarget(captured, topic);
  return captured.native.transport === "nats" ? subjectTarget(topic) : null;
}

/** Watermill's PoisonQueue; source: watermill message/router/middleware/poison.go. All text. */
export const watermill: Decoder = {
  rule: "watermill",
  title: "Watermill poison queue",
  transports: ["kafka", "amqp-0.9.1", "nats"],
  matches: ({ headers }) => carries(headers, "reason_poisoned") && carries(headers, "topic_poisoned"),
  decode(captured) {
    const { headers } = captured;
    const message = headerProse(headers, "reason_poisoned");
    return {
      ...baseForm(captured),
      origin: originOf(captured),
      reason: "handler_error",
      lastFailedAt: captured.native.transport === "nats" ? isoOfText(captured.native.time) : producedAt(captured),
      error: message === null ? null : { type: null, message, stack: null },
      consumer: given({ handler: headerText(headers, "handler_poisoned"), subscriber: headerText(headers, "subscriber_poisoned") }),
    };
  },
  plan(captured) {
    const target = targetOf(captured);
    return resendPlan(captured, {
      failedQueue: target,
      origin: target,
      strip: STRIP,
      notes: [...(target === null ? [] : (["every_subscriber"] as const)), ...(target?.kind === "nats" ? (["target_guessed"] as const) : [])],
    });
  },
};
