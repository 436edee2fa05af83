import { kindOfTransport } from "../brokers/of-transport.ts";
import { headerText, headerValue, isInteger, type Header } from "../message/header.ts";
import type { Origin, Target } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, errorOf, given, headerProse } from "./fields.ts";
import { topicNamed, topicTarget } from "./kafka-values.ts";
import { queueTarget, resendPlan, subjectTarget } from "./resend-plan.ts";
import { isoOfMsText, isoOfText, isoOfTicks } from "./time.ts";

const RETRY = "wolverine-kafka-retry-";
/** The names are anybody's: only together they are Wolverine's. */
const SIGNS = ["failed-at", "exception-type", "original-destination"];
const STRIP = [...SIGNS, "exception-message", "exception-stack", "original-partition", "original-offset", "attempts", `${RETRY}*`];

/** What stands in the place of the host in an endpoint's URI; its scheme is the broker's name, which may be any. */
const HOSTS = { rabbitmq: "queue", kafka: "topic", nats: "subject" } as const;

const DECIMAL = /^\d{1,19}$/;
/** A number in text, or in an integer where the transport has them. */
function decimal(headers: readonly Header[], name: string): string | null {
  const value = headerValue(headers, name);
  return value !== null && (value.t === "text" || isInteger(value)) && DECIMAL.test(value.v) ? value.v : null;
}

/** The name at the end of `<scheme>://<host>/<name>`, or null when it is another kind of endpoint. */
function nameAt(uri: string | null, host: string): string | null {
  const name = uri === null ? null : (/^[a-z][a-z0-9+.-]*:\/\/([a-z]+)\/([^/?#\s]+)$/i.exec(uri) ?? []);
  if (name === null || name[1] !== host || name[2] === undefined) return null;
  try {
    return decodeURIComponent(name[2]);
  } catch {
    return null;
  }
}

type Place = { readonly name: string; /** It was on a retry topic when it failed last. */ readonly hop: string | null };

/** Where the message was received first: tiered retry topics keep their source, other endpoints are told by their URI. */
function placeOf({ headers, native }: Captured): Place | null {
  const kind = kindOfTransport(native.transport);
  const host = kind === "rabbitmq" || kind === "kafka" || kind === "nats" ? HOSTS[kind] : null;
  const received = host === null ? null : nameAt(headerText(headers, "original-destination"), host);
  const source = kind === "kafka" ? headerText(headers, `${RETRY}source`) : null;
  const name = kind === "kafka" ? topicNamed(source ?? received) : received;
  return name === null ? null : { name, hop: received === name ? null : received };
}

function originOf(captured: Captured): Origin | null {
  const place = placeOf(captured);
  const kind = kindOfTransport(captured.native.transport);
  if (place === null) return null;
  if (kind === "rabbitmq") return { kind, exchange: "", routingKey: place.name, routingKeys: [place.name], queue: place.name };
  if (kind === "nats") return { kind, subject: place.name };
  if (kind !== "kafka") return null;
  // partition and offset are those of the topic it was read from last
  const [partition, offset] = place.hop === null ? [decimal(captured.headers, "original-partition"), decimal(captured.headers, "original-offset")] : [null, null];
  return { kind, topic: place.name, ...(partition === null ? {} : { partition }), ...(offset === null ? {} : { offset }) };
}

function targetOf(captured: Captured): Target | null {
  const origin = originOf(captured);
  if (origin?.kind === "rabbitmq") return queueTarget(captured, origin.queue);
  if (origin?.kind === "kafka") return topicTarget(captured, origin.topic ?? null);
  return subjectTarget(origin?.subject ?? null);
}

/** Wolverine's dead letters with failure metadata; source: wolverine DeadLetterQueueConstants.cs, KafkaRetryNaming.cs. */
export const wolverine: Decoder = {
  rule: "wolverine",
  title: "Wolverine",
  transports: ["amqp-0.9.1", "kafka", "nats"],
  matches: ({ headers }) => SIGNS.every((name) => carries(headers, name)),
  decode(captured) {
    const { headers } = captured;
    const base = baseForm(captured);
    const tiers = decimal(headers, `${RETRY}attempt`);
    const attempts = tiers ?? decimal(headers, "attempts");
    const origin = originOf(captured);
    const hop = placeOf(captured)?.hop ?? null;
    return {
      ...base,
      origin,
      reason: tiers === null ? "handler_error" : "retries_exhausted",
      attempts: attempts === null ? null : Number(attempts),
      firstFailedAt: isoOfTicks(decimal(headers, `${RETRY}first-failed`)),
      lastFailedAt: isoOfMsText(decimal(headers, "failed-at")),
      error: errorOf({ type: headerText(headers, "exception-type"), message: headerProse(headers, "exception-message"), stack: headerProse(headers, "exception-stack") || null }),
      lastHop: hop === null ? null : { queue: hop, reason: "retry" },
      consumer: given({ queue: origin?.queue ?? null, messageType: headerText(headers, "message-type") }),
      originalTimestamp: isoOfText(headerText(headers, "sent-at")) ?? base.originalTimestamp,
    };
  },
  plan(captured) {
    const target = targetOf(captured);
    const shared = captured.native.transport !== "amqp-0.9.1";
    return resendPlan(captured, {
      failedQueue: target,
      origin: target,
      strip: shared ? [...STRIP, "x-dlq-original-subject"] : STRIP,
      notes: shared ? ["every_subscriber"] : [],
    });
  },
};
