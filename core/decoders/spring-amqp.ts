import { headerText } from "../message/header.ts";
import type { DeathError } from "../message/normal-form.ts";
import { type Form } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { javaErrors } from "./error-text.ts";
import { carries, given, headerCount, headerProse } from "./fields.ts";
import { brokerForm } from "./rabbitmq-x-death.ts";
import { queueTarget, rabbitTarget, resendPlan } from "./resend-plan.ts";

/** What Spring adds to a message it republishes, but for `retry-count`, by which an application may count its own. */
export const SPRING_HEADERS = [
  "x-exception-message",
  "x-exception-stacktrace",
  "x-original-exchange",
  "x-original-routingKey",
];

/** Spring writes no exception type: it follows from the stack trace, which since 4.0.5 may be missing. */
function errorsIn({ headers }: Captured): { error: DeathError | null; errorOuter: DeathError | null } {
  const stack = headerProse(headers, "x-exception-stacktrace");
  const text = headerProse(headers, "x-exception-message");
  if (stack === null && text === null) return { error: null, errorOuter: null };
  const { outer, root } = stack === null ? { outer: null, root: null } : javaErrors(stack);
  const error = { type: root?.type ?? null, message: text ?? root?.message ?? null, stack };
  return { error, errorOuter: outer === null || outer === root ? null : { ...outer, stack: null } };
}

/** Where the republished message came from; the queue is not recorded, `queue` is what else tells it. */
export function springForm(captured: Captured, queue: string | null): Form {
  const { headers } = captured;
  const broker = brokerForm(captured);
  const exchange = headerText(headers, "x-original-exchange");
  const routingKey = headerText(headers, "x-original-routingKey");
  return {
    ...broker,
    ...errorsIn(captured),
    origin: {
      kind: "rabbitmq",
      ...given({ queue }),
      ...(exchange === null ? {} : { exchange }),
      ...(routingKey === null ? {} : { routingKey, routingKeys: [routingKey] }),
    },
    reason: "handler_error",
    reasonRaw: null,
    attempts: null,
    lastFailedAt: null,
    redriveCount: headerCount(headers, "retry-count"),
    consumer: given({ queue }),
  };
}

/** Where the listener received it: an exchange and a key. */
export const springOrigin = (captured: Captured) =>
  rabbitTarget(
    captured,
    headerText(captured.headers, "x-original-exchange"),
    headerText(captured.headers, "x-original-routingKey"),
  );

/** Received through the default exchange, the key is the queue; else an x-death from a retry loop may name it. */
function queueOf(captured: Captured): { queue: string | null; guessed: boolean } {
  const origin = springOrigin(captured);
  if (origin?.kind === "rabbitmq" && origin.exchange === "") return { queue: origin.routingKey, guessed: false };
  const queue = brokerForm(captured).origin?.queue ?? null;
  return { queue, guessed: queue !== null };
}

/** Spring AMQP's RepublishMessageRecoverer; source: spring-amqp RepublishMessageRecoverer.java. */
export const springAmqp: Decoder = {
  rule: "spring-amqp",
  title: "Spring AMQP RepublishMessageRecoverer",
  transports: ["amqp-0.9.1"],
  matches: ({ headers }) => carries(headers, "x-original-routingKey"),
  decode: (captured) => springForm(captured, queueOf(captured).queue),
  plan(captured) {
    const { queue, guessed } = queueOf(captured);
    return resendPlan(captured, {
      failedQueue: queueTarget(captured, queue),
      origin: springOrigin(captured),
      strip: [...SPRING_HEADERS, "retry-count"],
      notes: guessed ? ["target_guessed"] : [],
    });
  },
};
