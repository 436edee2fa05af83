import { headerText, type Header } from "../message/header.ts";
import type { PulsarNative } from "../message/native.ts";
import type { NormalForm, ResendPlan, Target } from "../message/normal-form.ts";
import { baseForm, type Form } from "./base-form.ts";
import type { Captured } from "./decoder.ts";
import { given } from "./fields.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const FULL_NAME = /^persistent:\/\/[^/\s]+\/[^/\s]+\/\S+$/;
const PARTITION = /-partition-(\d{1,9})$/;
/** Ends of names by which clients call the topics that they make: `<topic>-<subscription>-DLQ`. */
const CONVENTION = /-(?:DLQ|RETRY)$/i;
const MAX_NAME = 1_024;

export const pulsarOf = ({ native }: Captured): PulsarNative | null => (native.transport === "pulsar" ? native : null);

/** Whether Pulsar's retry letters wait in the topic: what lies there is tried again by its own consumer. */
export const isRetryTopic = (topic: string | undefined): boolean => topic !== undefined && /-RETRY$/i.test(topic);

/** A property's text, or null where it is missing or empty, as Go's client up to 0.14 could write it. */
const said = (headers: readonly Header[], name: string): string | null => headerText(headers, name) || null;

/** Where it failed, as far as the message and the name of its topic say. */
type Failed = {
  /** Full name, of the whole topic; null where it is not told. */
  readonly topic: string | null;
  readonly partition: string | null;
  readonly subscription: string | null;
  /** The topic follows from a rule of names alone. */
  readonly guessed: boolean;
};

/** Source: RetryMessageUtil.java and ConsumerImpl.java of the Java client, retry_router.go, ConsumerImpl.cc. */
function failedOf(captured: Captured): Failed {
  const queue = captured.native.queue;
  const subscription = said(captured.headers, "REAL_SUBSCRIPTION");
  const real = said(captured.headers, "REAL_TOPIC");
  const told = real !== null && real.length <= MAX_NAME && FULL_NAME.test(real) ? real : null;
  const partition = PARTITION.exec(told ?? "")?.[1] ?? null;
  const whole = told?.replace(PARTITION, "") ?? null;
  // Java's client before 2.10 named the retry topic from the second try on; only with the subscription it can be parted
  const topic = whole === null || CONVENTION.test(whole) ? withoutEnding(whole ?? queue, subscription) : whole;
  return { topic, partition: topic === whole ? partition : null, subscription: subscription ?? subscriptionIn(queue, topic), guessed: topic !== null && topic !== whole };
}

/** `<topic>` of `<topic>-<subscription>-DLQ`, or null. */
function withoutEnding(name: string, subscription: string | null): string | null {
  if (subscription === null) return null;
  const base = name.replace(CONVENTION, "");
  const ending = `-${subscription}`;
  const topic = base.slice(0, -ending.length);
  return base !== name && base.endsWith(ending) && FULL_NAME.test(topic) ? topic : null;
}

/** `<subscription>` of `<topic>-<subscription>-DLQ`, or null. */
function subscriptionIn(queue: string, topic: string | null): string | null {
  const base = queue.replace(PARTITION, "").replace(CONVENTION, "");
  return topic !== null && base.startsWith(`${topic}-`) && CONVENTION.test(queue.replace(PARTITION, "")) ? base.slice(topic.length + 1) || null : null;
}

const CPP_ID = /^\((\d+),(\d+),(-?\d+),(-?\d+)\)$/;

/** The id it had in its topic: `ledger:entry:partition`, and `:index` of one in a batch. */
const originalId = (headers: readonly Header[]): string | null => {
  const id = said(headers, "ORIGIN_MESSAGE_ID") ?? said(headers, "ORIGIN_MESSAGE_IDY_TIME");
  return id === null || id.length > 200 ? null : id.replace(CPP_ID, "$1:$2:$3:$4");
};

/** Whether the id is written as C++, and the clients made of it, write one. */
export const isCppId = ({ headers }: Captured): boolean => CPP_ID.test(said(headers, "ORIGIN_MESSAGE_ID") ?? "");

/** Whether one of Pulsar's clients wrote about a death. */
export const isPulsarDeath = ({ headers, native }: Captured): boolean =>
  native.transport === "pulsar" && ["REAL_TOPIC", "ORIGIN_MESSAGE_ID", "ORIGIN_MESSAGE_IDY_TIME"].some((name) => headerText(headers, name) !== null);

/** How often `reconsumeLater` was said; null where it is no count. */
export function reconsumeTimes({ headers }: Captured): number | null {
  const times = said(headers, "RECONSUMETIMES");
  return times !== null && /^\d{1,9}$/.test(times) ? Number(times) : null;
}

/** What all conventions of Pulsar's clients share. */
export function pulsarForm(captured: Captured): Form {
  const native = pulsarOf(captured);
  const { topic, partition, subscription } = failedOf(captured);
  const base = baseForm(captured);
  const origin: NormalForm["origin"] = topic === null && subscription === null ? null : { kind: "pulsar", ...given({ topic, partition, subscription }) };
  return {
    ...base,
    origin,
    originalMessageId: originalId(captured.headers) ?? base.originalMessageId,
    reason: "delivery_limit",
    // it was published here when it was given up
    lastFailedAt: isoOfText(native?.publishTime ?? null),
    consumer: given({ subscription }),
    key: native?.key == null ? null : { utf8: native.key },
  };
}

/** Back to its topic: its `-RETRY` topic would reach one subscription alone, but only where its consumers read it. */
export function pulsarPlan(captured: Captured, strip: readonly string[] = []): ResendPlan {
  const { topic, guessed } = failedOf(captured);
  const target: Target | null = topic === null || topic === captured.native.queue ? null : { kind: "pulsar", topic };
  return resendPlan(captured, { failedQueue: target, origin: target, strip, notes: ["every_subscriber", ...(guessed && target !== null ? (["target_guessed"] as const) : [])] });
}
