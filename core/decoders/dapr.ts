import { kindOfTransport } from "../brokers/of-transport.ts";
import type { Origin, Target } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import { memberText } from "./cloud-event.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { traceIdOf } from "./identity.ts";
import { jsonObjectIn, type JsonObject } from "./json-body.ts";
import { topicNamed, topicTarget } from "./kafka-values.ts";
import { rabbitTarget, resendPlan, subjectTarget } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const SIGNS = ["specversion", "id", "topic", "pubsubname"];

/** Dapr's envelope of a message that was published to another topic than this one; null for any other body. */
function envelopeIn(captured: Captured): JsonObject | null {
  const event = jsonObjectIn(captured.body, SIGNS);
  if (event === null || SIGNS.some((name) => memberText(event, name) === null)) return null;
  return memberText(event, "topic") === captured.native.queue ? null : event;
}

/** A topic of Dapr is a topic in Kafka, an exchange in RabbitMQ, a subject in NATS. */
function originOf(captured: Captured, topic: string): Origin | null {
  const kind = kindOfTransport(captured.native.transport);
  if (kind === "kafka") return topicNamed(topic) === null ? null : { kind, topic };
  if (kind === "rabbitmq") return { kind, exchange: topic };
  return kind === "nats" ? { kind, subject: topic } : null;
}

function targetOf(captured: Captured): Target | null {
  const event = envelopeIn(captured);
  const topic = event === null ? null : memberText(event, "topic");
  if (topic === null) return null;
  if (captured.native.transport === "kafka") return topicTarget(captured, topic);
  if (captured.native.transport === "amqp-0.9.1") return rabbitTarget(captured, topic, "");
  return subjectTarget(topic);
}

/** A dead letter of Dapr's sidecar; source: dapr docs, deadLetterTopic. Nothing of the failure is written down. */
export const dapr: Decoder = {
  rule: "dapr",
  title: "Dapr dead letter topic",
  transports: ["kafka", "amqp-0.9.1", "nats"],
  matches: (captured) => envelopeIn(captured) !== null,
  decode(captured) {
    const base = baseForm(captured);
    const event = envelopeIn(captured);
    if (event === null) return base;
    const traceparent = memberText(event, "traceparent") ?? memberText(event, "traceid");
    return {
      ...base,
      origin: originOf(captured, memberText(event, "topic") ?? ""),
      originalMessageId: memberText(event, "id") ?? base.originalMessageId,
      originalTimestamp: isoOfText(memberText(event, "time")) ?? base.originalTimestamp,
      traceId: base.traceId ?? (traceparent === null ? null : traceIdOf([{ name: "traceparent", value: { t: "text", v: traceparent } }])),
    };
  },
  plan(captured) {
    const target = targetOf(captured);
    // an exchange of RabbitMQ feeds the queues of all its subscribers, and which of them failed is not told
    const failedQueue = target?.kind === "rabbitmq" ? null : target;
    return resendPlan(captured, { failedQueue, origin: target, notes: failedQueue === null ? [] : ["every_subscriber"] });
  },
};
