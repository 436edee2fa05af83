import type { DeathReason } from "../message/normal-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, given } from "./fields.ts";
import { decimalOf, firstBytes, kafkaOf, nameOf, producedAt, proseOf, recordForm, textPosition, topicOf, topicPlan } from "./kafka-values.ts";

const PREFIX = "__dlq.errors.";
/** A consumer that copies a share group's letter into a letter of its own is the later one. */
const LATER = ["retry_topic-attempts", "kafka_dlt-original-topic", "__connect.errors.topic", "__streams.errors.topic"];

const REASONS: Readonly<Record<string, DeathReason>> = {
  "Offset rejected by client.": "rejected",
  "Offset delivery count exceeded the threshold.": "delivery_limit",
};

/** The broker writes a record of its own: its headers come first, those of the record it points to after them. */
const bytes = ({ headers }: Captured, name: string) => firstBytes(headers, `${PREFIX}${name}`);

/** No content came with the pointer, or none was found where it points. */
function empty(captured: Captured): boolean {
  const kafka = kafkaOf(captured);
  return kafka?.pointer === undefined ? kafka?.tombstone === true && kafka.key === null : kafka.pointer.record !== "found";
}

/**
 * A share group's dead-letter queue (KIP-1191); source: Kafka ShareGroupDLQStateManager.java. All text. By default the letter
 * is a pointer, and the record's own headers are never copied: `native.pointer` tells whether the record could be read.
 */
export const kafkaShareGroup: Decoder = {
  rule: "kafka-share-group",
  title: "Kafka share group dead-letter queue",
  transports: ["kafka"],
  matches: (captured) =>
    captured.headers.some(({ name }) => name.startsWith(PREFIX)) &&
    (kafkaOf(captured)?.pointer !== undefined || !LATER.some((name) => carries(captured.headers, name))),
  decode(captured) {
    const message = proseOf(bytes(captured, "message"));
    const count = decimalOf(bytes(captured, "delivery.count"));
    return {
      ...recordForm(captured, textPosition((name) => bytes(captured, name))),
      reason: message !== null && Object.hasOwn(REASONS, message) ? (REASONS[message] ?? "unknown") : "unknown",
      reasonRaw: message,
      attempts: count === null ? null : Number(count),
      lastFailedAt: producedAt(captured),
      error: message === null ? null : { type: null, message, stack: null },
      consumer: given({ group: nameOf(bytes(captured, "group")) }),
    };
  },
  plan(captured) {
    const gone = empty(captured);
    // to send a record without key and value would tell the topic's readers of a deletion
    const unsendable = gone && kafkaOf(captured)?.pointer !== undefined;
    return topicPlan(captured, unsendable ? null : topicOf(bytes(captured, "topic")), { strip: [`${PREFIX}*`], notes: gone ? ["content_gone"] : [] });
  },
};
