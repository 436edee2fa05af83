import { headerText } from "../message/header.ts";
import type { Target } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfMsText } from "./time.ts";

const DEAD = "%DLQ%";
const RETRY = "%RETRY%";
const SENDABLE = /^[A-Za-z0-9|%_-]{1,127}$/;

/** The consumer group whose dead letters these are, or null. */
const groupOf = ({ native }: Captured): string | null => (native.transport === "rocketmq" && native.queue.startsWith(DEAD) ? native.queue.slice(DEAD.length) : null);

/** A property of the first name that has a value, or null. */
const firstOf = ({ headers }: Captured, ...names: readonly string[]): string | null => names.map((name) => headerText(headers, name)).find((value) => value !== null && value !== "") ?? null;

/**
 * Where its producer sent it: REAL_TOPIC is not that, it is the topic behind a delay. A consumer of the proxy retries by
 * topics of its own, `%RETRY%<group>_<topic>` or with a `+`.
 */
function topicOf(captured: Captured, group: string): string | null {
  const topic = firstOf(captured, "DLQ_ORIGIN_TOPIC", "RETRY_TOPIC");
  if (topic === null || !topic.startsWith(RETRY)) return topic;
  const behind = topic.slice(RETRY.length);
  const own = behind.startsWith(`${group}_`) || behind.startsWith(`${group}+`) ? behind.slice(group.length + 1) : "";
  return own === "" ? null : own;
}

function targetOf(captured: Captured): Target | null {
  const topic = topicOf(captured, groupOf(captured) ?? "");
  return topic === null || topic === captured.native.queue || !SENDABLE.test(topic) ? null : { kind: "rocketmq", topic };
}

/** A message that its consumer group gave up; source: AbstractSendMessageProcessor.consumerSendMsgBack of RocketMQ 5.3. No error is ever told. */
export const rocketmqDlq: Decoder = {
  rule: "rocketmq-dlq",
  title: "RocketMQ %DLQ% topic",
  transports: ["rocketmq"],
  matches: (captured) => groupOf(captured) !== null,
  decode(captured) {
    const { native } = captured;
    const base = baseForm(captured);
    const group = groupOf(captured);
    if (native.transport !== "rocketmq" || group === null) return base;
    const topic = topicOf(captured, group);
    const keys = firstOf(captured, "KEYS");
    return {
      ...base,
      origin: topic === null ? null : { kind: "rocketmq", topic },
      originalMessageId: firstOf(captured, "DLQ_ORIGIN_MESSAGE_ID", "ORIGIN_MESSAGE_ID", "UNIQ_KEY"),
      reason: "delivery_limit",
      // the field counts what was tried; the properties of like names are orders of a client
      attempts: native.reconsumeTimes,
      lastFailedAt: isoOfMsText(native.storeTimestamp),
      consumer: given({ group }),
      key: keys === null ? null : { utf8: keys },
      originalTimestamp: isoOfMsText(native.bornTimestamp),
      correlationId: base.correlationId ?? firstOf(captured, "CORRELATION_ID"),
    };
  },
  plan(captured) {
    const target = targetOf(captured);
    return resendPlan(captured, { failedQueue: target, origin: target, notes: ["every_subscriber"] });
  },
};
