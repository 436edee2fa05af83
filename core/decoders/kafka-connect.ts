import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { decimalOf, keyOf, lastBytes, recordId, textOf, topicOrigin, topicTarget } from "./kafka-values.ts";
import { resendPlan } from "./resend-plan.ts";

const PREFIX = "__connect.errors.";

const said = ({ headers }: Captured, name: string): string | null => textOf(lastBytes(headers, `${PREFIX}${name}`));

/** A sink connector's dead-letter queue with context headers; source: Kafka DeadLetterQueueReporter.java. All text. */
export const kafkaConnect: Decoder = {
  rule: "kafka-connect",
  title: "Kafka Connect dead-letter queue",
  transports: ["kafka"],
  matches: ({ headers }) => headers.some(({ name }) => name.startsWith(PREFIX)),
  decode(captured) {
    const [topic, partition, offset] = [said(captured, "topic"), decimalOf(lastBytes(captured.headers, `${PREFIX}partition`)), decimalOf(lastBytes(captured.headers, `${PREFIX}offset`))];
    const stage = said(captured, "stage");
    const error = { type: said(captured, "exception.class.name"), message: said(captured, "exception.message"), stack: said(captured, "exception.stacktrace") };
    return {
      ...baseForm(captured),
      origin: topicOrigin(topic, partition, offset),
      originalMessageId: recordId(topic, partition, offset),
      reason: stage?.endsWith("_CONVERTER") === true ? "deserialization_error" : "handler_error",
      reasonRaw: stage,
      error: error.type === null && error.message === null && error.stack === null ? null : error,
      consumer: given({ connector: said(captured, "connector.name"), task: said(captured, "task.id"), class: said(captured, "class.name") }),
      key: keyOf(captured),
    };
  },
  plan(captured) {
    const target = topicTarget(captured, said(captured, "topic"));
    return resendPlan(captured, { failedQueue: target, origin: target, strip: [`${PREFIX}*`], notes: ["every_subscriber"] });
  },
};
