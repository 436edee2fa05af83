import type { NormalForm, ResendPlan } from "../message/normal-form.ts";
import { SILENT } from "./base-form.ts";
import { celery } from "./celery.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { dramatiq } from "./dramatiq.ts";
import { kafkaConnect } from "./kafka-connect.ts";
import { massTransit } from "./masstransit.ts";
import { natsAdvisory } from "./nats-advisory.ts";
import { nServiceBus } from "./nservicebus.ts";
import { pgboss } from "./pgboss.ts";
import { rabbitmqXDeath } from "./rabbitmq-x-death.ts";
import { rebus } from "./rebus.ts";
import { springAmqp } from "./spring-amqp.ts";
import { springKafkaDlt, springKafkaRetryableTopic } from "./spring-kafka.ts";
import { springCloudStreamRabbit } from "./spring-cloud-stream-rabbit.ts";
import { redisStuck } from "./redis-stuck.ts";
import { redriveRoute } from "./redrive-route.ts";
import { symfony } from "./symfony.ts";
import { unknown } from "./unknown.ts";

/**
 * In detection order, the first match wins. Frameworks come before the broker's own x-death, which is additional
 * information to them; `unknown` matches everything and is last.
 */
export const decoders: readonly Decoder[] = [
  springKafkaRetryableTopic,
  springKafkaDlt,
  kafkaConnect,
  springCloudStreamRabbit,
  springAmqp,
  massTransit,
  nServiceBus,
  rebus,
  symfony,
  dramatiq,
  celery,
  rabbitmqXDeath,
  pgboss,
  natsAdvisory,
  redisStuck,
  redriveRoute,
  unknown,
];

/** `read` for the first decoder that does not throw: a fault in one convention must not lose a message. */
function firstOf<T>(candidates: readonly Decoder[], read: (decoder: Decoder) => T | null): T | null {
  for (const decoder of candidates) {
    try {
      const result = read(decoder);
      if (result !== null) return result;
    } catch {
      continue;
    }
  }
  return null;
}

/** Postgres `integer`. No message was tried that often: what says so is not believed. */
const MAX_COUNT = 2 ** 31 - 1;
const believable = (count: number | null): number | null =>
  count !== null && Number.isInteger(count) && count >= 0 && count <= MAX_COUNT ? count : null;

const NO_PLAN: ResendPlan = { failedQueue: null, origin: null, strip: [], set: [], body: null, notes: [] };

/** What a captured message says about its death. Never throws, whatever the bytes. */
export function decode(captured: Captured): NormalForm {
  const candidates = decoders.filter(({ transports }) => transports.includes(captured.native.transport));
  const form = firstOf(candidates, (decoder) =>
    decoder.matches(captured) ? { rule: decoder.rule, ...decoder.decode(captured) } : null,
  );
  if (form === null) return { rule: unknown.rule, ...SILENT };
  return { ...form, attempts: believable(form.attempts), redriveCount: believable(form.redriveCount) };
}

/** How the message goes back, by the rule that decoded it; by `unknown` when there is no such rule. Never throws. */
export function plan(captured: Captured, rule: string): ResendPlan {
  const candidates = [...decoders.filter((decoder) => decoder.rule === rule), unknown];
  return firstOf(candidates, (decoder) => decoder.plan(captured)) ?? NO_PLAN;
}

/** A rule's title for the screen; the rule itself when this version does not have it. */
export const ruleTitle = (rule: string): string => decoders.find((decoder) => decoder.rule === rule)?.title ?? rule;
