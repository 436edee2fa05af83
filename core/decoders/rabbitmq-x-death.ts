import type { Origin } from "../message/normal-form.ts";
import { baseForm, type Form } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { queueTarget, rabbitTarget, resendPlan } from "./resend-plan.ts";
import { brokerReason, brokerStory, type BrokerStory } from "./x-death.ts";

const originOf = ({ first, failed }: BrokerStory): Origin => ({
  kind: "rabbitmq",
  ...given({ queue: failed.queue }),
  ...(first.exchange === null ? {} : { exchange: first.exchange }),
  ...(first.routingKeys[0] === undefined ? {} : { routingKey: first.routingKeys[0], routingKeys: first.routingKeys }),
});

/** What RabbitMQ itself says about a death; the base form when it says nothing. For conventions that add to it. */
export function brokerForm(captured: Captured): Form {
  const story = brokerStory(captured.headers);
  if (story === null) return baseForm(captured);
  return {
    ...baseForm(captured),
    origin: originOf(story),
    reason: brokerReason(story.failed.reason),
    reasonRaw: story.failed.reason,
    attempts: story.attempts,
    firstFailedAt: story.firstFailedAt,
    lastFailedAt: story.lastFailedAt,
    lastHop: story.lastHop,
    consumer: given({ queue: story.failed.queue }),
  };
}

/** Both targets as RabbitMQ's own headers tell them. */
export function brokerTargets(captured: Captured) {
  const story = brokerStory(captured.headers);
  return {
    failedQueue: queueTarget(captured, story?.failed.queue),
    origin: rabbitTarget(captured, story?.first.exchange, story?.first.routingKeys[0]),
  };
}

/** Dead-lettered by RabbitMQ itself; source: its docs/dlx.md and deps/rabbit/src/mc_amqpl.erl. */
export const rabbitmqXDeath: Decoder = {
  rule: "rabbitmq-x-death",
  title: "RabbitMQ dead-letter exchange",
  transports: ["amqp-0.9.1"],
  matches: ({ headers }) => brokerStory(headers) !== null,
  decode: brokerForm,
  plan: (captured) => resendPlan(captured, brokerTargets(captured)),
};
