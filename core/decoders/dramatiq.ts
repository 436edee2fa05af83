import { edited, removals, type Edit } from "../json/edit.ts";
import { integerOf, memberOf, membersOf, rootOf, stringOf, type Span } from "../json/read.ts";
import { utf8Of } from "../message/bytes.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { pythonError } from "./error-text.ts";
import { given } from "./fields.ts";
import { messageIdOf } from "./identity.ts";
import { brokerForm, brokerTargets } from "./rabbitmq-x-death.ts";
import { queueTarget, resendPlan } from "./resend-plan.ts";
import { isoOfMs } from "./time.ts";
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

function workQueue({ native }: Captured): string {
  return native.queue.slice(0, -SUFFIX.length);
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

/**
 * Dramatiq's `<queue>.XQ`; source: dramatiq brokers/rabbitmq.py and middleware/retries.py. The bytes are those of the
 * last enqueue, so counter and traceback tell of the failure before the fatal one.
 */
export const dramatiq: Decoder = {
  rule: "dramatiq",
  title: "Dramatiq",
  transports: ["amqp-0.9.1"],
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
    const death = brokerStory(captured.headers)?.failed;
    const queue = workQueue(captured);
    return {
      ...form,
      origin: form.origin ?? { kind: "rabbitmq", exchange: "", routingKey: queue, routingKeys: [queue], queue },
      originalMessageId: stringOf(text, memberOf(text, root, "message_id")) ?? messageIdOf(captured),
      attempts: form.reason === "rejected" && retries !== null && retries >= 0 ? retries + 1 : null,
      firstFailedAt: null,
      lastFailedAt: death?.count === 1 ? death.firstAt : null,
      error: traceback === null ? null : pythonError(traceback),
      consumer: given({ queue, handler: stringOf(text, memberOf(text, root, "actor_name")) }),
      originalTimestamp: isoOfMs(integerOf(text, memberOf(text, root, "message_timestamp"))) ?? form.originalTimestamp,
    };
  },
  plan(captured) {
    const message = messageOf(captured);
    const queue = workQueue(captured);
    const target = queueTarget(captured, queue);
    const body = message === null ? null : freshBody(message, queue);
    return resendPlan(captured, {
      failedQueue: target,
      origin: brokerTargets(captured).origin ?? target,
      body,
      notes: body === null ? [] : ["body_retry_counter_reset"],
    });
  },
};
