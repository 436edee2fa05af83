import type { Captured, Decoder } from "./decoder.ts";
import { carries, given } from "./fields.ts";
import { springPosition, springRecordForm, springRecordPlan } from "./spring-kafka-form.ts";

const PREFIX = "x-";
/** `x-retries` stays: by it an application counts its own. */
const STRIP = ["x-original-*", "x-exception-*", "kafka_dlt-*", "springDeserializerException*"];

/** The group, where the dead-letter topic has the binder's own name: `error.<destination>.<group>`. */
function groupOf(captured: Captured): string | null {
  const { topic } = springPosition(captured, PREFIX);
  const start = `error.${topic}.`;
  return topic !== null && captured.native.queue.startsWith(start) ? captured.native.queue.slice(start.length) : null;
}

/** Spring Cloud Stream's Kafka binder, enableDlq; source: spring-cloud-stream KafkaMessageChannelBinder.java. */
export const springCloudStreamKafka: Decoder = {
  rule: "spring-cloud-stream-kafka",
  title: "Spring Cloud Stream Kafka binder",
  transports: ["kafka"],
  matches: ({ headers }) => carries(headers, "x-original-topic"),
  decode(captured) {
    const form = springRecordForm(captured, PREFIX);
    return { ...form, consumer: { ...given({ group: groupOf(captured) }), ...form.consumer } };
  },
  plan: (captured) => springRecordPlan(captured, PREFIX, STRIP),
};
