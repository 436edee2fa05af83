import type { DeathError } from "../message/normal-form.ts";
import { type Form } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, errorOf } from "./fields.ts";
import { decimalOf, firstBytes, lastBytes, producedAt, proseOf, recordForm, textPosition, topicOf, topicPlan, valueCount } from "./kafka-values.ts";
import { isoOfMsText } from "./time.ts";

const DEAD = "dead-letter-";
const RETRY = "delayed-retry-";
const STRIP = [`${DEAD}*`, `${RETRY}*`, "deserialization-failure-*"];

type Prefix = typeof DEAD | typeof RETRY;

/**
 * The cause, and the exception around it. Unlike other conventions the newest values come first. A cause is written only
 * where there is one: with fewer causes than reasons it is open whose it is, and it is left out.
 */
function errorsOf({ headers }: Captured, prefix: Prefix): { error: DeathError | null; errorOuter: DeathError | null } {
  const said = (name: string) => proseOf(firstBytes(headers, `${prefix}${name}`));
  const outer = errorOf({ type: said("exception-class-name"), message: said("reason"), stack: null });
  const count = (name: string) => valueCount(headers, `${prefix}${name}`);
  const own = Math.max(count("exception-class-name"), count("reason"));
  const mine = (name: string) => (own === 0 || count(name) === own ? said(name) : null);
  const cause = errorOf({ type: mine("cause-class-name"), message: mine("cause"), stack: null });
  return cause === null ? { error: outer, errorOuter: null } : { error: cause, errorOuter: outer };
}

/** The oldest place is the true origin, and stands last. */
const oldest = ({ headers }: Captured, prefix: Prefix) => textPosition((name) => lastBytes(headers, `${prefix}${name}`));

/** What both strategies write. */
function formOf(captured: Captured, prefix: Prefix): Form {
  const errors = errorsOf(captured, prefix);
  return {
    ...recordForm(captured, oldest(captured, prefix)),
    ...errors,
    reason: unread(errors.error, errors.errorOuter) ? "deserialization_error" : "handler_error",
    lastFailedAt: producedAt(captured),
  };
}

/** What SmallRye throws for a record that its deserializer could not read. */
const unread = (...errors: readonly (DeathError | null)[]): boolean => errors.some((error) => error?.type?.endsWith("DeserializationException") === true);

const planOf = (prefix: Prefix) => (captured: Captured) => topicPlan(captured, oldest(captured, prefix).topic, { strip: STRIP });

/** Quarkus / SmallRye, failure-strategy dead-letter-queue; source: smallrye-reactive-messaging KafkaDeadLetterQueue.java. All text. */
export const smallRye: Decoder = {
  rule: "smallrye",
  title: "SmallRye dead-letter queue",
  transports: ["kafka"],
  matches: ({ headers }) => carries(headers, `${DEAD}topic`) && carries(headers, `${DEAD}reason`),
  decode: (captured) => formOf(captured, DEAD),
  plan: planOf(DEAD),
};

/** A later letter of the other strategy stands before it. */
function isNewest({ headers }: Captured): boolean {
  const at = (prefix: Prefix) => headers.findIndex(({ name }) => name === `${prefix}topic`);
  return at(DEAD) < 0 || at(RETRY) < at(DEAD);
}

/**
 * Quarkus / SmallRye, failure-strategy delayed-retry-topic; source: smallrye-reactive-messaging KafkaDelayedRetryTopic.java.
 * The counter is 0 at the first failure, whose time is written once.
 */
export const smallRyeDelayedRetry: Decoder = {
  rule: "smallrye-delayed-retry",
  title: "SmallRye delayed retry topic",
  transports: ["kafka"],
  matches: (captured) => carries(captured.headers, `${RETRY}count`) && isNewest(captured),
  decode(captured) {
    const { headers } = captured;
    const form = formOf(captured, RETRY);
    const count = decimalOf(lastBytes(headers, `${RETRY}count`));
    const hop = topicOf(firstBytes(headers, `${RETRY}topic`));
    return {
      ...form,
      reason: form.reason === "deserialization_error" ? form.reason : "retries_exhausted",
      attempts: count === null ? null : Number(count) + 1,
      firstFailedAt: isoOfMsText(decimalOf(lastBytes(headers, `${RETRY}first-processing-timestamp`))),
      lastHop: hop === null || hop === form.origin?.topic ? null : { queue: hop, reason: "retry" },
      originalTimestamp: isoOfMsText(decimalOf(lastBytes(headers, `${RETRY}original-timestamp`))),
    };
  },
  plan: planOf(RETRY),
};
