import { headerText, headerValue, type Header, type TypedValue } from "../message/header.ts";
import type { DeathReason, LastHop } from "../message/normal-form.ts";
import { countOf } from "./fields.ts";
import { isoOfMsText, isoOfSeconds } from "./time.ts";

/** One entry of RabbitMQ's x-death: all deaths of the message in one queue for one reason. */
type BrokerDeath = {
  readonly queue: string | null;
  readonly reason: string | null;
  readonly count: number | null;
  /** Of the first of these deaths; AMQP 0-9-1 has no time of the last, AMQP 1.0 has. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly exchange: string | null;
  /** The routing key, then the CC keys. */
  readonly routingKeys: readonly string[];
};

/** What the entries together say. */
export type BrokerStory = {
  /** The first death: its exchange and routing keys are the producer's. */
  readonly first: BrokerDeath;
  /**
   * Where a consumer failed on it last. Neither a wait queue of a retry loop nor a delay queue in front of the
   * consumer; the first death when no consumer ever had it.
   */
  readonly failed: BrokerDeath;
  readonly attempts: number | null;
  readonly firstFailedAt: string | null;
  readonly lastFailedAt: string | null;
  readonly lastHop: LastHop | null;
};

const REASONS: readonly DeathReason[] = ["rejected", "expired", "maxlen", "delivery_limit"];

/** RabbitMQ's reason as a code; a reason it does not know of is `unknown`. */
export const brokerReason = (raw: string | null): DeathReason => REASONS.find((reason) => reason === raw) ?? "unknown";

/** A consumer had it and did not process it; other reasons let it go unseen. */
const failed = ({ reason }: BrokerDeath): boolean => reason === "rejected" || reason === "delivery_limit";

const texts = (value: TypedValue | null): string[] =>
  value?.t === "array" ? value.v.flatMap((item) => (item.t === "text" ? [item.v] : [])) : [];

/** A timestamp of AMQP 0-9-1 is in seconds; where a bridge kept AMQP 1.0's own, it is an integer of milliseconds. */
function timeOf(value: TypedValue | null): string | null {
  if (value?.t === "timestamp") return isoOfSeconds(value.v);
  return value?.t === "int64" || value?.t === "uint64" ? isoOfMsText(value.v) : null;
}

function deathOf(fields: readonly Header[]): BrokerDeath {
  const time = headerValue(fields, "time");
  return {
    queue: headerText(fields, "queue"),
    reason: headerText(fields, "reason"),
    count: countOf(headerValue(fields, "count")),
    firstAt: time === null ? timeOf(headerValue(fields, "first-time")) : time.t === "timestamp" ? isoOfSeconds(time.v) : null,
    lastAt: timeOf(headerValue(fields, "last-time")),
    exchange: headerText(fields, "exchange"),
    routingKeys: texts(headerValue(fields, "routing-keys")),
  };
}

const entriesIn = (value: TypedValue | null): BrokerDeath[] =>
  value?.t === "array" ? value.v.flatMap((item) => (item.t === "table" ? [deathOf(item.v)] : [])) : [];

/**
 * The entries, most recent first. RabbitMQ turns AMQP 1.0's `x-opt-deaths` into x-death for us; other bridges hand the
 * annotation on. With the flat headers alone, one entry of what they say.
 */
function deathsOf(headers: readonly Header[]): BrokerDeath[] {
  const own = entriesIn(headerValue(headers, "x-death"));
  const deaths = own.length > 0 ? own : entriesIn(headerValue(headers, "x-opt-deaths"));
  const queue = headerText(headers, "x-first-death-queue");
  if (deaths.length > 0 || queue === null) return deaths;
  const reason = headerText(headers, "x-first-death-reason");
  const exchange = headerText(headers, "x-first-death-exchange");
  return [{ queue, reason, count: null, firstAt: null, lastAt: null, exchange, routingKeys: [] }];
}

/** Deaths by rejection add up; a delivery limit hides how many deliveries it took. */
function attemptsIn(deaths: readonly BrokerDeath[]): number | null {
  let attempts = 0;
  for (const { reason, count } of deaths) {
    if (reason === "delivery_limit" || count === null) return null;
    attempts += count;
  }
  return Number.isSafeInteger(attempts) ? attempts : null;
}

const earliest = (times: readonly (string | null)[]): string | null =>
  times.reduce((least, time) => (time !== null && (least === null || time < least) ? time : least), null);

/** What RabbitMQ wrote about the deaths of a message, or null when it wrote nothing we can read. */
export function brokerStory(headers: readonly Header[]): BrokerStory | null {
  const deaths = deathsOf(headers);
  const latest = deaths[0];
  const oldest = deaths.at(-1);
  if (latest === undefined || oldest === undefined) return null;
  const queue = headerText(headers, "x-first-death-queue");
  const reason = headerText(headers, "x-first-death-reason");
  const first = deaths.find((death) => death.queue === queue && death.reason === reason) ?? oldest;
  const queueOfFailure = failed(first) ? first.queue : deaths.find(failed)?.queue;
  const place = deaths.find((death) => failed(death) && death.queue === queueOfFailure) ?? first;
  const failures = deaths.filter((death) => failed(death) && death.queue === place.queue);
  const ends = failures.map(({ lastAt }) => lastAt);
  const elsewhere = latest.queue !== place.queue && latest.queue !== null && latest.reason !== null;
  return {
    first,
    failed: place,
    attempts:
      deaths.some(failed) || place.reason === "expired" || place.reason === "maxlen" ? attemptsIn(failures) : null,
    firstFailedAt: earliest((failures.length > 0 ? failures : deaths).map(({ firstAt }) => firstAt)),
    lastFailedAt: ends.includes(null) ? null : (ends.toSorted().at(-1) ?? null),
    lastHop: elsewhere ? { queue: latest.queue, reason: latest.reason } : null,
  };
}
