import type { Captured, Decoder } from "./decoder.ts";
import { carries } from "./fields.ts";
import { bigIntegerOf, byteOf, firstBytes, integerOf, lastBytes } from "./kafka-values.ts";
import { springRecordForm, springRecordPlan } from "./spring-kafka-form.ts";
import { isoOfMsText } from "./time.ts";

const STRIP = ["kafka_dlt-*", "kafka_original-*", "kafka_exception-*", "kafka_key-exception-*", "retry_topic-*", "springDeserializerException*"];

/** Any of them may be left out by configuration; the group and the cause are also written beside other names. */
const OF_DLT = ["original-topic", "original-partition", "original-offset", "exception-fqcn", "exception-message", "key-exception-fqcn"];

const OF_RETRY = ["retry_topic-attempts", "retry_topic-backoff-timestamp", "retry_topic-original-timestamp", "kafka_original-topic"];

/** Spring Kafka's DeadLetterPublishingRecoverer; source: spring-kafka DeadLetterRecordManager.java, KafkaHeaders.java. */
export const springKafkaDlt: Decoder = {
  rule: "spring-kafka-dlt",
  title: "Spring Kafka dead-letter topic",
  transports: ["kafka"],
  matches: ({ headers }) => OF_DLT.some((name) => carries(headers, `kafka_dlt-${name}`)),
  decode: (captured) => springRecordForm(captured, "kafka_dlt-"),
  plan: (captured) => springRecordPlan(captured, "kafka_dlt-", STRIP),
};

/** The attempt the record would have had next; one byte in old versions. */
function nextAttempt({ headers }: Captured): number | null {
  const bytes = lastBytes(headers, "retry_topic-attempts");
  const value = byteOf(bytes) ?? integerOf(bytes, 4);
  return value === null || Number(value) < 1 ? null : Number(value);
}

/** Spring Kafka's @RetryableTopic; source: spring-kafka RetryTopicHeaders.java, DeadLetterPublishingRecovererFactory.java. */
export const springKafkaRetryableTopic: Decoder = {
  rule: "spring-kafka-retryable-topic",
  title: "Spring Kafka @RetryableTopic",
  transports: ["kafka"],
  matches: ({ headers }) => OF_RETRY.some((name) => carries(headers, name)),
  decode(captured) {
    const form = springRecordForm(captured, "kafka_");
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
  plan: (captured) => springRecordPlan(captured, "kafka_", STRIP),
};
