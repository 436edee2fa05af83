import type { DeathError } from "../message/normal-form.ts";
import type { Form } from "./base-form.ts";
import type { Captured } from "./decoder.ts";
import { javaErrors } from "./error-text.ts";
import { errorOf, given } from "./fields.ts";
import { firstBytes, integerOf, lastBytes, nameOf, producedAt, proseOf, recordForm, topicOf, topicPlan, type Position } from "./kafka-values.ts";
import { isoOfMsText } from "./time.ts";

/** Spring's own names of what other prefixes may lack: @RetryableTopic and the binder know of no name for the group. */
const GROUP = "kafka_dlt-original-consumer-group";
const CAUSE = "kafka_dlt-exception-cause-fqcn";

/** What Spring writes about a failed record after a prefix; texts, but for partition (int32), offset and timestamp (int64). */
export const SPRING_NAMES = [
  "original-topic",
  "original-partition",
  "original-offset",
  "original-timestamp",
  "original-timestamp-type",
  "original-consumer-group",
  "exception-fqcn",
  "exception-cause-fqcn",
  "exception-message",
  "exception-stacktrace",
  "key-exception-fqcn",
  "key-exception-message",
  "key-exception-stacktrace",
] as const;

/** The record's first place: Spring appends, so that the first value is the true origin. */
export function springPosition({ headers }: Captured, prefix: string): Position {
  const origin = (name: string) => firstBytes(headers, `${prefix}original-${name}`);
  return { topic: topicOf(origin("topic")), partition: integerOf(origin("partition"), 4), offset: integerOf(origin("offset"), 8) };
}

type Errors = { readonly error: DeathError | null; readonly errorOuter: DeathError | null };

/** The root cause, and the exception around it; of the value, or else of the key. What is said of an exception is replaced. */
function errorsOf({ headers }: Captured, prefix: string): Errors & { readonly unread: boolean } {
  const under = (start: string) => {
    const last = (name: string) => lastBytes(headers, `${start}${name}`);
    return { type: nameOf(last("fqcn")), cause: nameOf(last("cause-fqcn")), text: proseOf(last("message")), stack: proseOf(last("stacktrace")) };
  };
  const ofValue = under(`${prefix}exception-`);
  const told = ofValue.type !== null || ofValue.text !== null || ofValue.stack !== null;
  const said = told ? ofValue : under(`${prefix}key-exception-`);
  const ofKey = !told && (said.type !== null || said.text !== null || said.stack !== null);
  const cause = said.cause ?? (told ? nameOf(lastBytes(headers, CAUSE)) : null);
  const { outer, root } = said.stack === null ? { outer: null, root: null } : javaErrors(said.stack);
  const type = cause ?? root?.type ?? said.type;
  const error = errorOf({ type, message: said.text ?? root?.message ?? null, stack: said.stack });
  const wrapped = said.type !== null && type !== said.type;
  return {
    error,
    errorOuter: wrapped ? { type: said.type, message: outer?.message ?? said.text, stack: null } : null,
    unread: ofKey || [said.type, cause].some((name) => name?.endsWith("DeserializationException") === true),
  };
}

/** The form of a record that Spring published to a dead-letter topic, at the time of its failure. */
export function springRecordForm(captured: Captured, prefix: string): Form {
  const { unread, ...errors } = errorsOf(captured, prefix);
  const { headers } = captured;
  return {
    ...recordForm(captured, springPosition(captured, prefix)),
    ...errors,
    reason: unread ? "deserialization_error" : "handler_error",
    lastFailedAt: producedAt(captured),
    consumer: given({ group: nameOf(lastBytes(headers, `${prefix}original-consumer-group`)) ?? nameOf(lastBytes(headers, GROUP)) }),
    originalTimestamp: isoOfMsText(integerOf(firstBytes(headers, `${prefix}original-timestamp`), 8)),
  };
}

/** Back to the topic it failed in first, without these headers. */
export const springRecordPlan = (captured: Captured, prefix: string, strip: readonly string[]) => topicPlan(captured, springPosition(captured, prefix).topic, { strip });
