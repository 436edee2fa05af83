import { headerText } from "../message/header.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries } from "./fields.ts";
import { queueTarget, resendPlan } from "./resend-plan.ts";
import { SPRING_HEADERS, springForm, springOrigin } from "./spring-amqp.ts";

const SUFFIX = ".dlq";
const EXCHANGE = "DLX";

/**
 * The consumer's queue `<prefix><destination>.<group>`, or null when this dead-letter queue is not named as the binder
 * names it: `<queue>.dlq`, bound to `<prefix>DLX` by the queue's name unless a routing key was configured.
 */
function consumerQueue({ native }: Captured): string | null {
  if (native.transport !== "amqp-0.9.1" || !native.queue.endsWith(SUFFIX)) return null;
  const queue = native.queue.slice(0, -SUFFIX.length);
  const prefix = native.exchange.endsWith(EXCHANGE) ? native.exchange.slice(0, -EXCHANGE.length) : null;
  return native.routingKey === queue || (prefix !== null && queue.startsWith(prefix)) ? queue : null;
}

/** The consumer group, when the queue is the original destination and more. */
function groupOf(captured: Captured, queue: string): string | null {
  const destination = headerText(captured.headers, "x-original-exchange");
  return destination !== null && destination !== "" && queue.startsWith(`${destination}.`)
    ? queue.slice(destination.length + 1)
    : null;
}

/** Spring Cloud Stream's Rabbit binder, republishToDlq; source: spring-cloud-stream RabbitMessageChannelBinder.java. */
export const springCloudStreamRabbit: Decoder = {
  rule: "spring-cloud-stream-rabbit",
  title: "Spring Cloud Stream Rabbit binder",
  transports: ["amqp-0.9.1"],
  matches: (captured) =>
    carries(captured.headers, "x-original-routingKey") &&
    carries(captured.headers, "x-exception-stacktrace") &&
    consumerQueue(captured) !== null,
  decode(captured) {
    const queue = consumerQueue(captured);
    const form = springForm(captured, queue);
    const group = queue === null ? null : groupOf(captured, queue);
    return { ...form, consumer: { ...form.consumer, ...(group === null || group === "" ? {} : { group }) } };
  },
  plan(captured) {
    const queue = consumerQueue(captured);
    const named = captured.native.transport === "amqp-0.9.1" && captured.native.routingKey === queue;
    return resendPlan(captured, {
      failedQueue: queueTarget(captured, queue),
      origin: springOrigin(captured),
      strip: SPRING_HEADERS,
      notes: named ? [] : ["target_guessed"],
    });
  },
};
