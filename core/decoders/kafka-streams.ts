import type { DeathError } from "../message/normal-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { headOf, javaErrors } from "./error-text.ts";
import { errorOf } from "./fields.ts";
import { firstBytes, lastBytes, proseOf, recordForm, textPosition, topicPlan, type Position } from "./kafka-values.ts";

const PREFIX = "__streams.errors.";
/** Every failure to read a record passes here, whatever the serde throws. */
const READER = "org.apache.kafka.streams.processor.internals.RecordDeserializer";

/** Streams appends to the record's own headers: of a repeated name the first tells the origin, the last this failure. */
const placeOf = ({ headers }: Captured): Position => textPosition((name) => firstBytes(headers, `${PREFIX}${name}`));
const said = ({ headers }: Captured, name: string) => proseOf(lastBytes(headers, `${PREFIX}${name}`));

/** The root cause, and the exception around it; the first revision wrote `class: message` where the class stands now. */
function errorsOf(captured: Captured): { error: DeathError | null; errorOuter: DeathError | null } {
  const [named, message, stack] = [said(captured, "exception"), said(captured, "message"), said(captured, "stacktrace")];
  const type = named === null ? null : (headOf(named)?.type ?? null);
  const { outer, root } = stack === null ? { outer: null, root: null } : javaErrors(stack);
  if (root === null || root === outer || root.type === type) return { error: errorOf({ type, message, stack }), errorOuter: null };
  return { error: { type: root.type, message: root.message ?? message, stack }, errorOuter: errorOf({ type, message, stack: null }) };
}

/**
 * Kafka Streams' dead-letter queue (KIP-1034); source: Kafka ExceptionHandlerUtils.java. All text. The record's own time is
 * copied, so that of the failure is not told, and neither is the application.
 */
export const kafkaStreams: Decoder = {
  rule: "kafka-streams",
  title: "Kafka Streams dead-letter queue",
  transports: ["kafka"],
  matches: ({ headers }) => headers.some(({ name }) => name.startsWith(PREFIX)),
  decode(captured) {
    const errors = errorsOf(captured);
    const unread = errors.error?.stack?.includes(READER) === true;
    return {
      ...recordForm(captured, placeOf(captured)),
      ...errors,
      reason: unread ? "deserialization_error" : "handler_error",
    };
  },
  plan: (captured) => topicPlan(captured, placeOf(captured).topic, { strip: [`${PREFIX}*`] }),
};
