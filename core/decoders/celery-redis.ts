import { edited } from "../json/edit.ts";
import { spanAt } from "../json/pointer.ts";
import { integerOf, memberOf, stringOf, type Span } from "../json/read.ts";
import type { ResendNote } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { hasAll, jsonOf, listOf, listTarget, type Json } from "./redis-jobs.ts";
import { resendPlan } from "./resend-plan.ts";

type Task = Json & { readonly headers: Span };

/** A task in kombu's envelope, or null. */
function taskOf(captured: Captured): Task | null {
  const json = listOf(captured) === null ? null : jsonOf(captured.body);
  const headers = json === null ? null : memberOf(json.text, json.root, "headers");
  if (json === null || headers === null || memberOf(json.text, json.root, "properties") === null) return null;
  return hasAll(json.text, headers, ["task", "id", "lang"]) ? { ...json, headers } : null;
}

/** The queue it was sent to: with the default exchange and with Celery's own, the routing key names it. */
const queueOf = ({ text }: Task): string | null => stringOf(text, spanAt(text, "/properties/delivery_info/routing_key"));

const isNull = (text: string, value: Span | null): boolean => value === null || text.slice(value.start, value.end) === "null";

/**
 * A Celery task (message protocol 2) in a list, as kombu writes it; source: kombu transport/virtual/base.py and redis.py.
 * Celery keeps no dead letters in Redis itself: nothing is said of the failure.
 */
export const celeryRedis: Decoder = {
  rule: "celery-redis",
  title: "Celery on Redis",
  transports: ["redis-list"],
  matches: (captured) => taskOf(captured) !== null,
  decode(captured) {
    const base = baseForm(captured);
    const task = taskOf(captured);
    if (task === null) return base;
    const { text, headers } = task;
    const retries = integerOf(text, memberOf(text, headers, "retries"));
    const queue = queueOf(task);
    return {
      ...base,
      origin: queue === null ? null : { kind: "redis-list", queue },
      originalMessageId: stringOf(text, memberOf(text, headers, "id")),
      attempts: retries === 0 ? null : retries,
      correlationId: stringOf(text, spanAt(text, "/properties/correlation_id")) ?? base.correlationId,
      consumer: given({ queue, handler: stringOf(text, memberOf(text, headers, "task")) }),
    };
  },
  plan(captured) {
    const task = taskOf(captured);
    if (task === null) return resendPlan(captured, { failedQueue: null, origin: null });
    const { text, headers } = task;
    const target = listTarget(captured, queueOf(task));
    const retries = memberOf(text, headers, "retries");
    const counted = retries !== null && (integerOf(text, retries) ?? 0) > 0 ? retries : null;
    const notes: ResendNote[] = target === null ? [] : ["target_guessed"];
    if (counted !== null) notes.push("body_retry_counter_reset");
    if (!isNull(text, memberOf(text, headers, "expires"))) notes.push("may_be_expired");
    const body = counted === null ? null : new TextEncoder().encode(edited(text, [{ ...counted, text: "0" }]));
    return resendPlan(captured, { failedQueue: target, origin: target, body, notes });
  },
};
