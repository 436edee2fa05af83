import { headerText, headerValue, isInteger } from "../message/header.ts";
import type { NormalForm } from "../message/normal-form.ts";
import type { Decoder } from "./decoder.ts";
import { carries, given, headerCount } from "./fields.ts";
import { messageIdOf } from "./identity.ts";
import { brokerForm, brokerTargets } from "./rabbitmq-x-death.ts";
import { resendPlan } from "./resend-plan.ts";

/** A rejected task failed once more than it was retried; one that expired or overflowed was not run again. */
function attemptsOf(retries: number | null, { reason, attempts }: Pick<NormalForm, "reason" | "attempts">) {
  if (retries === null) return reason === "rejected" ? null : attempts;
  if (reason === "rejected") return retries + 1;
  return reason === "expired" || reason === "maxlen" ? retries : null;
}

/**
 * A Celery task (message protocol 2) that RabbitMQ dead-lettered; source: celery docs/internals/protocol.rst. Celery
 * writes nothing about the failure on the message.
 */
export const celery: Decoder = {
  rule: "celery",
  title: "Celery",
  transports: ["amqp-0.9.1"],
  matches: ({ headers }) => ["task", "id", "lang"].every((name) => carries(headers, name)),
  decode(captured) {
    const { headers } = captured;
    const form = brokerForm(captured);
    return {
      ...form,
      originalMessageId: headerText(headers, "id") ?? messageIdOf(captured),
      attempts: attemptsOf(headerCount(headers, "retries"), form),
      consumer: { ...form.consumer, ...given({ handler: headerText(headers, "task") }) },
    };
  },
  plan(captured) {
    const retries = headerValue(captured.headers, "retries");
    const expires = headerValue(captured.headers, "expires");
    const counted = retries !== null && isInteger(retries) && retries.v !== "0" ? retries : null;
    return resendPlan(captured, {
      ...brokerTargets(captured),
      set: counted === null ? [] : [{ name: "retries", value: { t: counted.t, v: "0" } }],
      notes: [
        ...(counted === null ? [] : (["header_retry_counter_reset"] as const)),
        ...(expires === null || expires.t === "void" ? [] : (["may_be_expired"] as const)),
      ],
    });
  },
};
