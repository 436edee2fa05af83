import type { z } from "zod";
import type { BrokerKind, manifests } from "../brokers/index.ts";
import type { TypedValue } from "./header.ts";
import type { Native } from "./native.ts";

export const DEATH_REASONS = [
  "rejected",
  "expired",
  "maxlen",
  "delivery_limit",
  "retries_exhausted",
  "handler_error",
  "deserialization_error",
  "terminated",
  "poison",
  "no_consumer",
  "abandoned",
  "unknown",
] as const;
export type DeathReason = (typeof DEATH_REASONS)[number];

/**
 * Where a producer sent the message first, and where it failed. Fields a convention does not tell are absent; numbers
 * that may pass 2^53 are decimal text.
 */
export type Origin = {
  readonly kind: BrokerKind;
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly routingKeys?: readonly string[];
  /** The queue in which it failed: a queue, a list's key, a stream's key. */
  readonly queue?: string;
  /** The framework's own name of the place (a Symfony transport), which only its configuration maps to a queue. */
  readonly receiver?: string;
  /** Kafka, Pulsar, RocketMQ. */
  readonly topic?: string;
  readonly partition?: string;
  readonly offset?: string;
  /** The subscription, group or consumer that failed on it. */
  readonly subscription?: string;
  readonly group?: string;
  /** JetStream. */
  readonly stream?: string;
  readonly subject?: string;
  readonly sequence?: string;
  /** The entry of a Redis stream. */
  readonly entryId?: string;
};

/** An origin as one line of text, or null when it names no place. */
export const placeOf = (origin: Origin | null): string | null =>
  origin?.queue ?? origin?.topic ?? origin?.subject ?? origin?.stream ?? origin?.routingKey ?? null;

/** A queue the message died in on its way, after the one it failed in: the wait queue of a retry loop. */
export type LastHop = { readonly queue: string; readonly reason: string };

export type DeathError = {
  readonly type: string | null;
  readonly message: string | null;
  readonly stack: string | null;
};

/**
 * One death in the words of Redrive, whoever wrote it. A view of the raw message: it can be made again at any time,
 * and nothing is ever resent from it. Null means "the message does not say", never "none".
 * Times are ISO 8601 UTC with milliseconds.
 */
export type NormalForm = {
  /** The id of the decoder that matched: its file name in core/decoders. */
  readonly rule: string;
  readonly origin: Origin | null;
  readonly originalMessageId: string | null;
  readonly reason: DeathReason;
  readonly reasonRaw: string | null;
  /** Failed processing attempts in the last life, below 2^31. */
  readonly attempts: number | null;
  readonly firstFailedAt: string | null;
  readonly lastFailedAt: string | null;
  readonly error: DeathError | null;
  /** Where it died last, when that is not where it failed. */
  readonly lastHop: LastHop | null;
  /** Trips to a dead-letter queue by the convention's own counter, this one included; not Redrive's count. */
  readonly redriveCount: number | null;
  /** The framework's wrapper around `error`, when there is one. */
  readonly errorOuter: DeathError | null;
  readonly consumer: Readonly<Record<string, string>>;
  readonly key: { readonly utf8: string } | { readonly base64: string } | null;
  /** When the producer sent it first. */
  readonly originalTimestamp: string | null;
  readonly correlationId: string | null;
  /** The W3C trace id, 32 hex digits. */
  readonly traceId: string | null;
};

/** Where to send a message. */
export type Target = { [K in BrokerKind]: z.infer<(typeof manifests)[K]["target"]> }[BrokerKind];

/** Where a resend goes: to a broker, or through the route that gave the message up. */
export type Place = Target | { readonly kind: "route"; readonly routeId: string; readonly route: string };

/** How a message of one convention goes back without dying at once of its own history. */
export type ResendPlan = {
  /** The queue it failed in, when known: reaches only the consumer that failed. */
  readonly failedQueue: Target | null;
  /** Where the producer sent it first: reaches every consumer bound there. */
  readonly origin: Target | null;
  /** Names of headers this message carries that are left out, exact case. */
  readonly strip: readonly string[];
  /** Headers to set to another value (a retry counter back to zero). */
  readonly set: readonly { readonly name: string; readonly value: TypedValue }[];
  /** A new body, when the convention keeps its retry counter inside the body; null leaves the bytes alone. */
  readonly body: Uint8Array | null;
  /** What to build the message from, where the convention keeps its true key or properties elsewhere; absent: as captured. */
  readonly native?: Native;
  /** Sentences in English for the dialog: what this plan changes beyond headers, and traps. Keys into `resendNotes`. */
  readonly notes: readonly ResendNote[];
};

const RESEND_NOTES = [
  "body_retry_counter_reset",
  "body_death_removed", // the body carries what its framework wrote about the death
  "body_restored", // the letter is an envelope: what was sent lies inside
  "header_retry_counter_reset",
  "fan_out", // the origin is an exchange: every queue bound there gets it again
  "cc_dropped", // the CC header would copy it to further queues
  "reply_to_gone", // whoever waited for the answer has likely left
  "user_id_dropped", // RabbitMQ refuses another login's user id
  "may_be_expired", // it carries an expiry of its own, which may have passed
  "dedup_dropped", // its id would make the broker drop it as a duplicate
  "every_subscriber", // a topic, stream or subject is read by all its consumers, not only by the one that failed
  "no_headers", // nothing can be stamped on it: if it dies again it may look like another message
  "content_gone", // only the pointer was left when it was captured
  "key_restored", // the record's key was replaced by what the framework writes there, the true one is kept elsewhere
  "key_lost", // the record's key was replaced, and the true one is nowhere
  "properties_restored", // properties and headers are kept inside a header
  "target_guessed", // the failed queue follows from a naming rule, not from the message
] as const;
export type ResendNote = (typeof RESEND_NOTES)[number];
