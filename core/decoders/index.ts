import type { NormalForm, ResendPlan } from "../message/normal-form.ts";
import { SILENT } from "./base-form.ts";
import { bullmq } from "./bullmq.ts";
import { celeryRedis } from "./celery-redis.ts";
import { celery } from "./celery.ts";
import { dapr } from "./dapr.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { dramatiq } from "./dramatiq.ts";
import { kafkaConnect } from "./kafka-connect.ts";
import { kafkaShareGroup } from "./kafka-share-group.ts";
import { kafkaStreams } from "./kafka-streams.ts";
import { karafka } from "./karafka.ts";
import { kicks } from "./kicks.ts";
import { knative } from "./knative.ts";
import { laravel } from "./laravel.ts";
import { massTransit } from "./masstransit.ts";
import { natsAdvisory } from "./nats-advisory.ts";
import { nestjs } from "./nestjs.ts";
import { nServiceBus } from "./nservicebus.ts";
import { pgboss } from "./pgboss.ts";
import { pulsarCpp, pulsarDeadLetter, pulsarReconsumeLater } from "./pulsar-dead-letter.ts";
import { pulsarDotPulsar } from "./pulsar-dotpulsar.ts";
import { rabbitmqXDeath } from "./rabbitmq-x-death.ts";
import { rebus } from "./rebus.ts";
import { redisStuck } from "./redis-stuck.ts";
import { smallRye, smallRyeDelayedRetry } from "./smallrye.ts";
import { springAmqp } from "./spring-amqp.ts";
import { springCloudStreamKafka } from "./spring-cloud-stream-kafka.ts";
import { springCloudStreamRabbit } from "./spring-cloud-stream-rabbit.ts";
import { springKafkaNamed } from "./spring-kafka-named.ts";
import { springKafkaDlt, springKafkaRetryableTopic } from "./spring-kafka.ts";
import { redisListElement } from "./redis-list.ts";
import { rq } from "./rq.ts";
import { sidekiq } from "./sidekiq.ts";
import { symfonyRedis } from "./symfony-redis.ts";
import { rocketmqDlq } from "./rocketmq-dlq.ts";
import { redriveRoute } from "./redrive-route.ts";
import { symfony } from "./symfony.ts";
import { uberDlq } from "./uber-dlq.ts";
import { unknown } from "./unknown.ts";
import { watermill } from "./watermill.ts";
import { wolverine } from "./wolverine.ts";
import { watermillRedis } from "./watermill-redis.ts";
import { wolverineRedis } from "./wolverine-redis.ts";

/**
 * In detection order, the first match wins. What the broker itself tells of this very death comes first: what a framework
 * left on the message is of an earlier one. RabbitMQ's x-death is the other way round, additional information to every
 * framework. Conventions whose names only they use come before those of common names, and those that are told by the body
 * last; `unknown` matches everything.
 */
export const decoders: readonly Decoder[] = [
  natsAdvisory,
  redisStuck,
  kafkaShareGroup,
  springKafkaRetryableTopic,
  springKafkaDlt,
  kafkaConnect,
  kafkaStreams,
  smallRyeDelayedRetry,
  smallRye,
  springCloudStreamKafka,
  springCloudStreamRabbit,
  springAmqp,
  massTransit,
  nServiceBus,
  rebus,
  symfony,
  kicks,
  watermill,
  wolverine,
  karafka,
  knative,
  springKafkaNamed,
  dramatiq,
  celery,
  laravel,
  nestjs,
  rabbitmqXDeath,
  pgboss,
  dapr,
  uberDlq,
  bullmq,
  rq,
  sidekiq,
  celeryRedis,
  redisListElement,
  symfonyRedis,
  watermillRedis,
  wolverineRedis,
  rocketmqDlq,
  pulsarDotPulsar,
  pulsarCpp,
  pulsarReconsumeLater,
  pulsarDeadLetter,
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
