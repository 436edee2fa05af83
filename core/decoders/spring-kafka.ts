import type { DeathError } from "../message/normal-form.ts";
import { baseForm, type Form } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { javaErrors } from "./error-text.ts";
import { carries, given } from "./fields.ts";
import { bigIntegerOf, firstBytes, integerOf, kafkaOf, keyOf, lastBytes, recordId, textOf, topicOrigin, topicTarget } from "./kafka-values.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfMsText } from "./time.ts";

const STRIP = ["kafka_dlt-*", "kafka_original-*", "kafka_exception-*", "kafka_key-exception-*", "retry_topic-*", "springDeserializerException*"];

/** Spring appends origins, of which the first is the true one, and replaces what it says of the exception. */
function formOf(captured: Captured, prefix: "kafka_dlt-" | "kafka_"): Form {
  const { headers } = captured;
  const origin = (name: string) => firstBytes(headers, `${prefix}original-${name}`);
  const said = (name: string) => textOf(lastBytes(headers, `${prefix}${name}`));
  const [topic, partition, offset] = [textOf(origin("topic")), integerOf(origin("partition"), 4), integerOf(origin("offset"), 8)];
  const deserialization = carries(headers, `${prefix}key-exception-fqcn`) || (said("exception-fqcn") ?? "").endsWith("DeserializationException");
  return {
    ...baseForm(captured),
    ...errorsOf(said),
    origin: topicOrigin(topic, partition, offset),
    originalMessageId: recordId(topic, partition, offset),
    reason: deserialization ? "deserialization_error" : "handler_error",
    lastFailedAt: isoOfMsText(kafkaOf(captured)?.timestamp),
    consumer: given({ group: textOf(lastBytes(headers, "kafka_dlt-original-consumer-group")) }),
    key: keyOf(captured),
    originalTimestamp: isoOfMsText(integerOf(origin("timestamp"), 8)),
  };
}

/** The root cause, and the listener's own exception around it. */
function errorsOf(said: (name: string) => string | null): { error: DeathError | null; errorOuter: DeathError | null } {
  const [type, cause, text, stack] = [said("exception-fqcn"), said("exception-cause-fqcn"), said("exception-message"), said("exception-stacktrace")];
  if (type === null && cause === null && text === null && stack === null) return { error: null, errorOuter: null };
  const { outer, root } = stack === null ? { outer: null, root: null } : javaErrors(stack);
  const error = { type: cause ?? root?.type ?? type, message: text ?? root?.message ?? null, stack };
  return { error, errorOuter: cause === null || type === null || type === cause ? null : { type, message: outer?.message ?? text, stack: null } };
}

const planOf = (prefix: "kafka_dlt-" | "kafka_") => (captured: Captured) => {
  const target = topicTarget(captured, textOf(firstBytes(captured.headers, `${prefix}original-topic`)));
  return resendPlan(captured, { failedQueue: target, origin: target, strip: STRIP, notes: ["every_subscriber"] });
};

/** Spring Kafka's DeadLetterPublishingRecoverer; source: spring-kafka DeadLetterRecordManager.java, KafkaHeaders.java. */
export const springKafkaDlt: Decoder = {
  rule: "spring-kafka-dlt",
  title: "Spring Kafka dead-letter topic",
  transports: ["kafka"],
  matches: ({ headers }) => carries(headers, "kafka_dlt-original-topic") || carries(headers, "kafka_dlt-exception-fqcn"),
  decode: (captured) => formOf(captured, "kafka_dlt-"),
  plan: planOf("kafka_dlt-"),
};

/** The attempt the record would have had next; one byte in old versions. */
function nextAttempt({ headers }: Captured): number | null {
  const bytes = lastBytes(headers, "retry_topic-attempts");
  const value = bytes?.length === 1 ? String(bytes[0]) : integerOf(bytes, 4);
  return value === null || Number(value) < 1 ? null : Number(value);
}

/** Spring Kafka's @RetryableTopic; source: spring-kafka RetryTopicHeaders.java, DeadLetterPublishingRecovererFactory.java. */
export const springKafkaRetryableTopic: Decoder = {
  rule: "spring-kafka-retryable-topic",
  title: "Spring Kafka @RetryableTopic",
  transports: ["kafka"],
  matches: ({ headers }) => carries(headers, "retry_topic-attempts"),
  decode(captured) {
    const form = formOf(captured, "kafka_");
    const next = nextAttempt(captured);
    return {
      ...form,
      reason: form.reason === "deserialization_error" ? form.reason : "retries_exhausted",
      attempts: next === null ? null : next - 1,
      // the dead-letter topic waits for nothing: its backoff time is the time of the last failure
      lastFailedAt: isoOfMsText(bigIntegerOf(lastBytes(captured.headers, "retry_topic-backoff-timestamp"))) ?? form.lastFailedAt,
      originalTimestamp: form.originalTimestamp ?? isoOfMsText(bigIntegerOf(firstBytes(captured.headers, "retry_topic-original-timestamp"))),
    };
  },
  plan: planOf("kafka_"),
};
