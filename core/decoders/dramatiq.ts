import { edited, removals, type Edit } from "../json/edit.ts";
import { integerOf, memberOf, membersOf, rootOf, stringOf, type Span } from "../json/read.ts";
import { utf8Of } from "../message/bytes.ts";
import type { Form } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { pythonError } from "./error-text.ts";
import { given } from "./fields.ts";
import { messageIdOf } from "./identity.ts";
import { listOf, listTarget } from "./redis-jobs.ts";
import { brokerForm, brokerTargets } from "./rabbitmq-x-death.ts";
import { queueTarget, resendPlan } from "./resend-plan.ts";
import { isoOfMs, isoOfMsText } from "./time.ts";
import { brokerStory } from "./x-death.ts";

const SUFFIX = ".XQ";
/** Left in, the message would die again at its first failure. */
const COUNTERS = new Set(["retries", "traceback", "requeue_timestamp", "eta"]);

type Message = { readonly text: string; readonly root: Span };

/** The JSON message, or null when this is no dead letter of Dramatiq. */
function messageOf({ native, body }: Captured): Message | null {
  if (!native.queue.endsWith(SUFFIX) || native.queue === SUFFIX) return null;
  const text = utf8Of(body);
  const root = text === null ? null : rootOf(text);
  if (text === null || root === null) return null;
  const complete = ["actor_name", "message_id", "options"].every((name) => memberOf(text, root, name) !== null);
  return complete ? { text, root } : null;
}

/** The queue by Dramatiq's name; in Redis a key is `<namespace>:<queue>.XQ`. */
function workQueue({ native }: Captured): string {
  const key = native.queue.slice(0, -SUFFIX.length);
  return native.transport === "redis-list" ? key.slice(key.lastIndexOf(":") + 1) : key;
}

/** The body for a fresh life, changed only in these places; null when there is nothing to change. */
function freshBody({ text, root }: Message, queue: string): Uint8Array | null {
  const edits: Edit[] = [];
  for (const { key, value } of membersOf(text, root)) {
    if (key === "queue_name" && stringOf(text, value) !== queue) edits.push({ ...value, text: JSON.stringify(queue) });
    if (key !== "options") continue;
    const options = membersOf(text, value);
    edits.push(
      ...removals(
        options,
        options.flatMap((option, index) => (COUNTERS.has(option.key) ? [index] : [])),
      ),
    );
  }
  return edits.length === 0 ? null : new TextEncoder().encode(edited(text, edits));
}

/** What the broker tells: RabbitMQ in its history, Redis by the score, the time of death in ms. */
function toldByBroker(captured: Captured, queue: string): Pick<Form, "origin" | "reason" | "lastFailedAt"> {
  const list = listOf(captured);
  if (list !== null) return { origin: { kind: "redis-list", queue }, reason: "retries_exhausted", lastFailedAt: isoOfMsText(list.score) };
  const { origin, reason } = brokerForm(captured);
  const death = brokerStory(captured.headers)?.failed;
  return { origin: origin ?? { kind: "rabbitmq", exchange: "", routingKey: queue, routingKeys: [queue], queue }, reason, lastFailedAt: death?.count === 1 ? death.firstAt : null };
}

/**
 * Dramatiq's `<queue>.XQ`; source: dramatiq brokers/rabbitmq.py, brokers/redis/dispatch.lua and middleware/retries.py. The bytes are those of the
 * last enqueue, so counter and traceback tell of the failure before the fatal one.
 */
export const dramatiq: Decoder = {
  rule: "dramatiq",
  title: "Dramatiq",
  transports: ["amqp-0.9.1", "redis-list"],
  matches: (captured) => messageOf(captured) !== null,
  decode(captured) {
    const form = brokerForm(captured);
    const message = messageOf(captured);
    if (message === null) return form;
    const { text, root } = message;
    const options = memberOf(text, root, "options") ?? root;
    const traceback = stringOf(text, memberOf(text, options, "traceback"));
    const counter = memberOf(text, options, "retries");
    const retries = counter === null ? 0 : integerOf(text, counter);
    const queue = workQueue(captured);
    const told = toldByBroker(captured, queue);
    return {
      ...form,
      ...told,
      originalMessageId: stringOf(text, memberOf(text, root, "message_id")) ?? messageIdOf(captured),
      attempts: (told.reason === "rejected" || told.reason === "retries_exhausted") && retries !== null && retries >= 0 ? retries + 1 : null,
      firstFailedAt: null,
      error: traceback === null ? null : pythonError(traceback),
      consumer: given({ queue, handler: stringOf(text, memberOf(text, root, "actor_name")) }),
      originalTimestamp: isoOfMs(integerOf(text, memberOf(text, root, "message_timestamp"))) ?? form.originalTimestamp,
    };
  },
  plan(captured) {
    const message = messageOf(captured);
    const queue = workQueue(captured);
    const target = listOf(captured) === null ? queueTarget(captured, queue) : listTarget(captured, captured.native.queue.slice(0, -SUFFIX.length), "right");
    const body = message === null ? null : freshBody(message, queue);
    return resendPlan(captured, {
      failedQueue: target,
      origin: brokerTargets(captured).origin ?? target,
      body,
      notes: body === null ? [] : ["body_retry_counter_reset"],
    });
  },
};
