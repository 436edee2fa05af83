import type { Captured, Decoder } from "./decoder.ts";
import { errorOf, given } from "./fields.ts";
import { firstBytes, lastBytes, nameOf, proseOf, recordForm, textPosition, topicPlan, type Position } from "./kafka-values.ts";

const PREFIX = "__connect.errors.";

/** Connect appends to the record's own headers: of a repeated name the first tells the origin, the last this failure. */
const placeOf = ({ headers }: Captured): Position => textPosition((name) => firstBytes(headers, `${PREFIX}${name}`));
const last = ({ headers }: Captured, name: string) => lastBytes(headers, `${PREFIX}${name}`);

/**
 * A sink connector's dead-letter queue with context headers; source: Kafka DeadLetterQueueReporter.java. All text. The
 * record's own time is copied, so that of the failure is not told.
 */
export const kafkaConnect: Decoder = {
  rule: "kafka-connect",
  title: "Kafka Connect dead-letter queue",
  transports: ["kafka"],
  matches: ({ headers }) => headers.some(({ name }) => name.startsWith(PREFIX)),
  decode(captured) {
    const name = (header: string) => nameOf(last(captured, header));
    const stage = name("stage");
    return {
      ...recordForm(captured, placeOf(captured)),
      reason: stage?.endsWith("_CONVERTER") === true ? "deserialization_error" : "handler_error",
      reasonRaw: stage,
      error: errorOf({ type: name("exception.class.name"), message: proseOf(last(captured, "exception.message")), stack: proseOf(last(captured, "exception.stacktrace")) }),
      consumer: given({ connector: name("connector.name"), task: name("task.id"), class: name("class.name") }),
    };
  },
  plan: (captured) => topicPlan(captured, placeOf(captured).topic, { strip: [`${PREFIX}*`] }),
};
