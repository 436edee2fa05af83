import { integerOf, memberOf, stringOf } from "../json/read.ts";
import { headerValue, isInteger, type TypedValue } from "../message/header.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { countOf, given } from "./fields.ts";
import { messageIdOf } from "./identity.ts";
import { jsonObjectIn, type JsonObject } from "./json-body.ts";
import { brokerForm, brokerTargets } from "./rabbitmq-x-death.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfSeconds } from "./time.ts";

const SIGNS = ["displayName", "job", "data"];
/** A table in which the package counts the tries before this one. */
const HEADER = "laravel";

/** A job of Laravel's queue, or null. */
function jobIn({ body }: Captured): JsonObject | null {
  const object = jsonObjectIn(body, SIGNS);
  if (object === null) return null;
  const complete = ["displayName", "job"].every((name) => stringOf(object.text, memberOf(object.text, object.root, name)) !== null);
  return complete && memberOf(object.text, object.root, "data") !== null ? object : null;
}

const counterIn = ({ headers }: Captured): TypedValue | null => {
  const table = headerValue(headers, HEADER);
  return table?.t === "table" ? headerValue(table.v, "attempts") : null;
};

/** The header with its counter at zero; nothing when it counts none. */
function reset({ headers }: Captured) {
  const table = headerValue(headers, HEADER);
  if (table?.t !== "table") return [];
  const counted = table.v.some(({ name, value }) => name === "attempts" && isInteger(value) && value.v !== "0");
  const v = table.v.map((field) => (field.name === "attempts" && isInteger(field.value) ? { ...field, value: { ...field.value, v: "0" } } : field));
  return counted ? [{ name: HEADER, value: { t: "table" as const, v } }] : [];
}

/**
 * A job of Laravel's queue on RabbitMQ, rejected when it failed; source: vyuldashev/laravel-queue-rabbitmq RabbitMQJob.php.
 * The exception is in Laravel's own table of failed jobs, not here.
 */
export const laravel: Decoder = {
  rule: "laravel",
  title: "Laravel queue",
  transports: ["amqp-0.9.1"],
  matches: (captured) => jobIn(captured) !== null,
  decode(captured) {
    const form = brokerForm(captured);
    const job = jobIn(captured);
    if (job === null) return form;
    const text = (name: string) => stringOf(job.text, memberOf(job.text, job.root, name));
    const before = countOf(counterIn(captured));
    const created = integerOf(job.text, memberOf(job.text, job.root, "createdAt"));
    return {
      ...form,
      originalMessageId: text("uuid") ?? text("id") ?? messageIdOf(captured),
      attempts: form.reason === "rejected" && before !== null ? before + 1 : form.attempts,
      consumer: { ...form.consumer, ...given({ handler: text("displayName") }) },
      originalTimestamp: (created === null ? null : isoOfSeconds(String(created))) ?? form.originalTimestamp,
    };
  },
  plan(captured) {
    const set = reset(captured);
    return resendPlan(captured, { ...brokerTargets(captured), set, notes: set.length === 0 ? [] : ["header_retry_counter_reset"] });
  },
};
