import { isSubject } from "../brokers/nats-subject.ts";
import { carriesStamp } from "../message/list-envelope.ts";
import type { ResendNote, ResendPlan, Target } from "../message/normal-form.ts";
import type { Native, Transport } from "../message/raw.ts";
import type { Captured } from "./decoder.ts";
import { propertiesOf } from "./identity.ts";

/** Names, or the start of names where they end with `*`, that the broker, its clients or frameworks act on or wrote. */
const TRANSPORT_HEADERS: { readonly [T in Transport]: readonly string[] } = {
  // CC and BCC are a producer's orders, by which RabbitMQ would copy a resend to further queues
  "amqp-0.9.1": [
    "x-death",
    "x-opt-deaths",
    "x-exchange",
    "x-routing-key",
    "x-first-death-*",
    "x-last-death-*",
    "x-delivery-count",
    "x-acquired-count",
    "x-stream-offset",
    "x-delay",
    "CC",
    "BCC",
  ],
  // names that nobody but their framework writes: what an earlier life left would tell of a death that is over
  kafka: [
    "kafka_dlt-*",
    "kafka_original-*",
    "kafka_exception-*",
    "kafka_key-exception-*",
    "retry_topic-*",
    "springDeserializerException*",
    "__connect.errors.*",
    "__streams.errors.*",
    "__dlq.errors.*",
    "delayed-retry-*",
    "wolverine-kafka-retry-*",
  ],
  "redis-list": [],
  "redis-stream": [],
  // the server acts on what a publisher writes under these: a rollup purges, an expectation refuses, an id is dropped as a duplicate
  nats: [
    "Nats-Msg-Id",
    "Nats-Rollup",
    "Nats-Expected-*",
    "Nats-TTL",
    "Nats-Batch-*",
    "Nats-Schedule*",
    "Nats-Incr",
    "Nats-Counter-Sources",
    "Nats-Stream-Source",
    "Nats-Marker-Reason",
    "Nats-Stream",
    "Nats-Subject",
    "Nats-Sequence",
    "Nats-Time-Stamp",
    "Nats-Last-Sequence",
    "Nats-Num-Pending",
    "Nats-UpTo-Sequence",
  ],
  // brokers, proxies and consumers keep their books in properties; an old delay or transaction would be obeyed again
  rocketmq: [
    "RETRY_TOPIC",
    "ORIGIN_MESSAGE_ID",
    "DLQ_ORIGIN_*",
    "REAL_TOPIC",
    "REAL_QID",
    "DELAY",
    "RECONSUME_TIME",
    "MAX_RECONSUME_TIMES",
    "CONSUME_START_TIME",
    "UNIQ_KEY",
    "EXTEND_UNIQ_INFO",
    "WAIT",
    "PGROUP",
    "TRAN_*",
    "TRANSACTION_CHECK_TIMES",
    "CHECK_IMMUNITY_TIME_IN_SECONDS",
    "__transactionId__",
    "MIN_OFFSET",
    "MAX_OFFSET",
    "CLUSTER",
    "MSG_REGION",
    "TRACE_ON",
    "POP_CK",
    "POP_CK_OFFSET",
    "1ST_POP_TIME",
    "TIMER_*",
    "INNER_*",
    "DUP_INFO",
    "__BORNHOST",
    "BORN_TIMESTAMP",
    "__RMQ.TRANSIENT.*",
    "__CRC32#",
  ],
  // a client that retries counts on from what it finds: a stale count ends the retries at once
  pulsar: ["REAL_TOPIC", "REAL_SUBSCRIPTION", "RETRY_TOPIC", "ORIGIN_MESSAGE_ID", "ORIGIN_MESSAGE_IDY_TIME", "RECONSUMETIMES", "DELAY_TIME"],
  pgboss: [],
};

const MAX_SHORTSTR_BYTES = 255;
const bytesIn = (text: string): number => new TextEncoder().encode(text).length;

const matches = (name: string, pattern: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Whether the broker, its clients or frameworks write or act on a header of this name. */
export const writtenByTransport = ({ native }: Captured, name: string): boolean => TRANSPORT_HEADERS[native.transport].some((pattern) => matches(name, pattern));

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

/** A subject to publish to in NATS, whichever stream holds it; null when it is none. */
export const subjectTarget = (subject: string | null): Target | null =>
  subject !== null && isSubject(subject) ? { kind: "nats", subject, stream: null } : null;

type Parts = {
  readonly failedQueue: Target | null;
  readonly origin: Target | null;
  /** Names or `prefix*` to leave out besides what the broker itself wrote. */
  readonly strip?: readonly string[];
  readonly set?: ResendPlan["set"];
  readonly body?: Uint8Array | null;
  readonly native?: Native | null;
  readonly notes?: readonly ResendNote[];
};

/** A resend plan: the convention's parts, what RabbitMQ's own headers and properties ask for, and the notes of both. */
export function resendPlan(captured: Captured, parts: Parts): ResendPlan {
  const patterns = [...TRANSPORT_HEADERS[captured.native.transport], ...(parts.strip ?? [])];
  const names = new Set(captured.headers.map(({ name }) => name));
  const strip = [...names].filter((name) => patterns.some((pattern) => matches(name, pattern)));
  const properties = propertiesOf(parts.native ?? captured.native);
  const notes = new Set<ResendNote>(parts.notes);
  if (parts.origin?.kind === "rabbitmq" && parts.origin.exchange !== "") notes.add("fan_out");
  if (names.has("Nats-Msg-Id") && captured.native.transport === "nats") notes.add("dedup_dropped");
  if (names.has("CC") && captured.native.transport === "amqp-0.9.1") notes.add("cc_dropped");
  if (captured.native.transport === "redis-list") {
    if (!carriesStamp(captured.native, parts.body ?? captured.body)) notes.add("no_headers");
    if (captured.native.gone) notes.add("content_gone");
  }
  if (properties.replyTo !== undefined) notes.add("reply_to_gone");
  if (properties.userId !== undefined) notes.add("user_id_dropped");
  if (properties.expiration !== undefined) notes.add("may_be_expired");
  return {
    failedQueue: parts.failedQueue,
    origin: parts.origin,
    strip,
    set: parts.set ?? [],
    body: parts.body ?? null,
    ...(parts.native == null ? {} : { native: parts.native }),
    notes: [...notes],
  };
}
