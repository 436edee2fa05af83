import type { ResendNote, ResendPlan, Target } from "../message/normal-form.ts";
import type { Captured } from "./decoder.ts";
import { propertiesOf } from "./identity.ts";

/**
 * A name, or the start of names when it ends with `*`. RabbitMQ and its plug-ins wrote them, but for CC and
 * BCC: these are a producer's orders, by which RabbitMQ would copy a resend to further queues.
 */
const BROKER_HEADERS = [
  "x-death",
  "x-first-death-*",
  "x-last-death-*",
  "x-delivery-count",
  "x-acquired-count",
  "x-stream-offset",
  "x-delay",
  "CC",
  "BCC",
];

const MAX_SHORTSTR_BYTES = 255;
const bytesIn = (text: string): number => new TextEncoder().encode(text).length;

const matches = (name: string, pattern: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/**
 * A place to publish to in RabbitMQ, or null when the message does not say, AMQP could not carry it, or it is the
 * queue the message was captured from: it would be captured again at once.
 */
export function rabbitTarget(
  captured: Captured,
  exchange: string | null | undefined,
  routingKey: string | null | undefined,
): Target | null {
  if (typeof exchange !== "string" || typeof routingKey !== "string") return null;
  if (exchange === "" && (routingKey === "" || routingKey === captured.native.queue)) return null;
  if (Math.max(exchange.length, routingKey.length) > MAX_SHORTSTR_BYTES) return null;
  if (bytesIn(exchange) > MAX_SHORTSTR_BYTES || bytesIn(routingKey) > MAX_SHORTSTR_BYTES) return null;
  return { kind: "rabbitmq", exchange, routingKey };
}

/** The queue itself, by way of the default exchange; null as in `rabbitTarget`. */
export const queueTarget = (captured: Captured, queue: string | null | undefined): Target | null =>
  rabbitTarget(captured, "", queue);

type Parts = {
  readonly failedQueue: Target | null;
  readonly origin: Target | null;
  /** Names or `prefix*` to leave out besides what the broker itself wrote. */
  readonly strip?: readonly string[];
  readonly set?: ResendPlan["set"];
  readonly body?: Uint8Array | null;
  readonly notes?: readonly ResendNote[];
};

/** A resend plan: the convention's parts, what RabbitMQ's own headers and properties ask for, and the notes of both. */
export function resendPlan(captured: Captured, parts: Parts): ResendPlan {
  const patterns = [...BROKER_HEADERS, ...(parts.strip ?? [])];
  const names = new Set(captured.headers.map(({ name }) => name));
  const strip = [...names].filter((name) => patterns.some((pattern) => matches(name, pattern)));
  const properties = propertiesOf(captured.native);
  const notes = new Set<ResendNote>(parts.notes);
  if (parts.origin?.kind === "rabbitmq" && parts.origin.exchange !== "") notes.add("fan_out");
  if (names.has("CC")) notes.add("cc_dropped");
  if (properties.replyTo !== undefined) notes.add("reply_to_gone");
  if (properties.userId !== undefined) notes.add("user_id_dropped");
  if (properties.expiration !== undefined) notes.add("may_be_expired");
  return {
    failedQueue: parts.failedQueue,
    origin: parts.origin,
    strip,
    set: parts.set ?? [],
    body: parts.body ?? null,
    notes: [...notes],
  };
}
