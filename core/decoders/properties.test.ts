import fc from "fast-check";
import { expect, test } from "vitest";
import { amqp, bodies, headersOf, job, kafka, nats, stream, value, words } from "#test/arbitraries.ts";
import { manifests } from "../brokers/index.ts";
import { kindOfTransport } from "../brokers/of-transport.ts";
import type { Native } from "../message/raw.ts";
import { SILENT } from "./base-form.ts";
import type { Captured } from "./decoder.ts";
import { decode, decoders, plan } from "./index.ts";

const STAMP = "X-Message-Stamp-Symfony\\Component\\Messenger\\Stamp\\";
const BROKER = ["x-death", "x-first-death-queue", "x-first-death-reason", "x-last-death-queue", "x-delivery-count"];
const SPRING = ["original-topic", "original-partition", "original-offset", "original-timestamp", "exception-fqcn", "exception-message", "exception-stacktrace", "key-exception-fqcn"];
const under = (prefix: string, ...names: readonly string[]) => names.map((name) => prefix + name);

/** What each convention writes: `signs` together are enough for its decoder to match. */
type Written = { readonly on: fc.Arbitrary<Native>; readonly signs: readonly string[]; readonly others: readonly string[] };
const NAMES: Readonly<Record<string, Written>> = {
  "spring-amqp": { on: amqp, signs: ["x-original-routingKey"], others: ["x-original-exchange", "x-exception-message", "x-exception-stacktrace", "retry-count"] },
  masstransit: { on: amqp, signs: ["MT-Reason"], others: ["MT-Fault-InputAddress", "MT-Fault-RetryCount", "MT-Fault-Timestamp", "MT-Host-ProcessId"] },
  nservicebus: { on: amqp, signs: ["NServiceBus.FailedQ"], others: ["NServiceBus.TimeOfFailure", "NServiceBus.ExceptionInfo.Message", "NServiceBus.Retries"] },
  rebus: { on: amqp, signs: ["rbs2-error-details"], others: ["rbs2-source-queue", "rbs2-defer-count"] },
  symfony: { on: amqp, signs: [`${STAMP}SentToFailureTransportStamp`], others: [`${STAMP}RedeliveryStamp`, `${STAMP}ErrorDetailsStamp`] },
  "rabbitmq-x-death": { on: amqp, signs: ["x-death"], others: [] },
  "spring-kafka-dlt": { on: kafka, signs: ["kafka_dlt-original-topic"], others: under("kafka_dlt-", ...SPRING) },
  "spring-kafka-retryable-topic": { on: kafka, signs: ["retry_topic-attempts"], others: [...under("kafka_", ...SPRING), "retry_topic-backoff-timestamp"] },
  "spring-cloud-stream-kafka": { on: kafka, signs: ["x-original-topic"], others: under("x-", ...SPRING) },
  "kafka-connect": { on: kafka, signs: ["__connect.errors.topic"], others: under("__connect.errors.", "partition", "offset", "stage", "exception.message", "connector.name") },
  "kafka-streams": { on: kafka, signs: ["__streams.errors.exception"], others: under("__streams.errors.", "topic", "partition", "offset", "message", "stacktrace") },
  "kafka-share-group": { on: kafka, signs: ["__dlq.errors.group"], others: under("__dlq.errors.", "topic", "partition", "offset", "delivery.count", "message") },
  smallrye: { on: kafka, signs: ["dead-letter-topic", "dead-letter-reason"], others: under("dead-letter-", "partition", "offset", "cause", "cause-class-name", "exception-class-name") },
  "smallrye-delayed-retry": { on: kafka, signs: ["delayed-retry-count"], others: under("delayed-retry-", "topic", "partition", "offset", "reason", "original-timestamp", "first-processing-timestamp") },
  watermill: { on: fc.oneof(kafka, amqp, nats), signs: ["reason_poisoned", "topic_poisoned"], others: ["handler_poisoned", "subscriber_poisoned", "_watermill_delayed_for"] },
  wolverine: { on: fc.oneof(kafka, amqp, nats), signs: ["failed-at", "exception-type", "original-destination"], others: ["exception-message", "exception-stack", "original-offset", "attempts", "wolverine-kafka-retry-source", "wolverine-kafka-retry-attempt"] },
  karafka: { on: kafka, signs: ["source_topic", "source_offset", "source_attempts"], others: under("source_", "partition", "consumer_group", "trace_id") },
  knative: { on: fc.oneof(kafka, amqp, nats), signs: ["ce_knativeerrordest"], others: ["ce_knativeerrorcode", "ce-knativeerrordata", "knativeerrordest"] },
};
const KNOWN = [
  ...Object.values(NAMES).flatMap(({ signs, others }) => [...signs, ...others]),
  ...BROKER,
  "x-opt-deaths",
  "retry_info",
  "acme.original-topic",
  "acme.original-partition",
  "acme.original-offset",
  "original_topic",
  "original_partition",
  "original_offset",
  "task",
  "id",
  "lang",
  "retries",
  "expires",
  "b3",
  "traceparent",
  "content-type",
  "CC",
];
const natives = fc.oneof(amqp, job, kafka, nats, stream);

/** The message as it would be published to `queue` by this plan. */
function resent({ headers, body, native }: Captured, rule: string, queue: string): Captured {
  const made = plan({ headers, body, native }, rule);
  const kept = headers.filter(({ name }) => !made.strip.includes(name));
  const set = new Map(made.set.map((header) => [header.name, header]));
  const from = made.native ?? native;
  const there: Native =
    from.transport === "amqp-0.9.1"
      ? { ...from, queue, exchange: "", routingKey: queue }
      : from.transport === "kafka"
        ? { transport: "kafka", queue, partition: 0, offset: "0", timestamp: "-1", key: from.key, tombstone: from.tombstone }
        : from.transport === "nats" && from.stream !== null
          ? { ...from, queue, stream: queue, advisory: null }
          : from;
  return { headers: [...kept.map((header) => set.get(header.name) ?? header), ...made.set.filter(({ name }) => kept.every((header) => header.name !== name))], body: made.body ?? body, native: there };
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const believable = (count: number | null): boolean => count === null || (Number.isSafeInteger(count) && count >= 0 && count < 2 ** 31);

test("no decoder throws, whatever it is given, and each says the same twice", () => {
  fc.assert(
    fc.property(headersOf(fc.oneof(fc.constantFrom(...KNOWN), words)), bodies, natives, (headers, body, native) => {
      const captured = { headers, body, native };
      for (const decoder of decoders) {
        decoder.matches(captured);
        decoder.decode(captured);
        decoder.plan(captured);
      }
      const form = decode(captured);
      expect(decode(captured)).toEqual(form);
      expect(decoders.map(({ rule }) => rule)).toContain(form.rule);
      expect(believable(form.attempts) && believable(form.redriveCount)).toBe(true);
      for (const at of [form.firstFailedAt, form.lastFailedAt, form.originalTimestamp]) expect(at === null || ISO.test(at)).toBe(true);
      expect(form.origin === null || form.origin.kind === kindOfTransport(native.transport)).toBe(true);
      expect(Object.keys(form).toSorted()).toEqual(["rule", ...Object.keys(SILENT)].toSorted());
    }),
    { numRuns: 700 },
  );
});

test("a plan strips what is there, sends where its broker can, and says each thing once", () => {
  fc.assert(
    fc.property(headersOf(fc.oneof(fc.constantFrom(...KNOWN), words)), bodies, natives, (headers, body, native) => {
      const captured = { headers, body, native };
      const made = plan(captured, decode(captured).rule);
      expect(plan(captured, decode(captured).rule)).toEqual(made);
      const names = new Set(headers.map(({ name }) => name));
      expect(made.strip.every((name) => names.has(name))).toBe(true);
      expect(new Set(made.strip).size).toBe(made.strip.length);
      expect(new Set(made.notes).size).toBe(made.notes.length);
      expect(made.native === undefined || made.native.transport === native.transport).toBe(true);
      for (const target of [made.failedQueue, made.origin]) {
        if (target === null) continue;
        expect(target.kind).toBe(kindOfTransport(native.transport));
        if (["rabbitmq", "kafka", "nats"].includes(target.kind)) expect(manifests[target.kind].target.safeParse(target).error).toBeUndefined();
      }
    }),
    { numRuns: 700 },
  );
});

const NOTHING = { origin: null, reason: "unknown", reasonRaw: null, attempts: null, firstFailedAt: null, lastFailedAt: null, error: null, errorOuter: null, lastHop: null, consumer: {} };

test.each(Object.entries(NAMES))("a resend by %s carries no death any more", (rule, { on, signs, others }) => {
  const signed = fc.tuple(...signs.map((name) => fc.record({ name: fc.constant(name), value })));
  const silent = on.map((native): Native => (native.transport === "nats" ? { ...native, advisory: null } : native));
  fc.assert(
    fc.property(signed, headersOf(fc.constantFrom(...others, ...BROKER)), silent, (sign, headers, native) => {
      const captured = { headers: [...sign, ...headers], body: new Uint8Array(), native };
      const found = decode(captured).rule;
      expect([rule, "unknown", "rabbitmq-x-death", "spring-cloud-stream-rabbit", "uber-dlq"]).toContain(found);
      if (native.transport !== "amqp-0.9.1") expect(found).toBe(rule);
      const after = native.transport === "amqp-0.9.1" ? found : rule;
      expect(decode(resent(captured, after, "work"))).toMatchObject({ rule: "unknown", ...NOTHING });
    }),
  );
});

test("headers of an application say nothing about a death, and none is stripped", () => {
  fc.assert(
    fc.property(headersOf(words.map((word) => `app-${word}`)), fc.uint8Array(), fc.oneof(amqp, kafka), (headers, body, any) => {
      const native: Native = any.transport === "kafka" ? { ...any, queue: "dlq", key: null } : { transport: "amqp-0.9.1", queue: "dlq", exchange: "", routingKey: "dlq", redelivered: true, properties: {} };
      const form = decode({ headers, body, native });
      const { rule, reason, consumer, ...rest } = form;
      expect({ rule, reason, consumer }).toEqual({ rule: "unknown", reason: "unknown", consumer: {} });
      expect(Object.values(rest).every((field) => field === null)).toBe(true);
      expect(plan({ headers, body, native }, rule)).toEqual({
        failedQueue: null,
        origin: null,
        strip: [],
        set: [],
        body: null,
        notes: [],
      });
    }),
  );
});
