import fc from "fast-check";
import { expect, test } from "vitest";
import type { TypedValue } from "../message/header.ts";
import type { Native } from "../message/raw.ts";
import type { Captured } from "./decoder.ts";
import { decode, decoders, plan } from "./index.ts";

const STAMP = "X-Message-Stamp-Symfony\\Component\\Messenger\\Stamp\\";
const BROKER = ["x-death", "x-first-death-queue", "x-first-death-reason", "x-last-death-queue", "x-delivery-count"];
/** What each convention writes; the first name is enough for its decoder to match. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "spring-amqp": [
    "x-original-routingKey",
    "x-original-exchange",
    "x-exception-message",
    "x-exception-stacktrace",
    "retry-count",
  ],
  masstransit: ["MT-Reason", "MT-Fault-InputAddress", "MT-Fault-RetryCount", "MT-Fault-Timestamp", "MT-Host-ProcessId"],
  nservicebus: [
    "NServiceBus.FailedQ",
    "NServiceBus.TimeOfFailure",
    "NServiceBus.ExceptionInfo.Message",
    "NServiceBus.Retries",
  ],
  rebus: ["rbs2-error-details", "rbs2-source-queue", "rbs2-defer-count"],
  symfony: [`${STAMP}SentToFailureTransportStamp`, `${STAMP}RedeliveryStamp`, `${STAMP}ErrorDetailsStamp`],
  "rabbitmq-x-death": ["x-death"],
};
const KNOWN = [
  ...Object.values(NAMES).flat(),
  ...BROKER,
  "task",
  "id",
  "lang",
  "retries",
  "expires",
  "b3",
  "traceparent",
  "CC",
];

const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "",
    "rejected",
    "expired",
    "work",
    "dlq",
    "[]",
    "[{}]",
    "[[[",
    '{"a":1}',
    "2 unhandled exceptions: ",
    "\0",
    "a: b: ",
  ),
);
const leaf: fc.Arbitrary<TypedValue> = fc.oneof(
  fc.record({ t: fc.constant("text" as const), v: words }),
  fc.record({ t: fc.constantFrom("rawtext" as const, "bytes", "raw"), v: words }),
  fc.record({
    t: fc.constantFrom("int8" as const, "int64", "uint64", "timestamp"),
    v: fc.oneof(words, fc.bigInt().map(String)),
  }),
  fc.record({ t: fc.constantFrom("float32" as const, "float64"), v: words }),
  fc.record({ t: fc.constant("bool" as const), v: fc.boolean() }),
  fc.constant({ t: "void" as const }),
);
const fieldName = fc.oneof(
  fc.constantFrom("queue", "reason", "count", "time", "exchange", "routing-keys", "__proto__"),
  words,
);
const { value } = fc.letrec<{ value: TypedValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ t: fc.constant("array" as const), v: fc.array(tie("value"), { maxLength: 4 }) }),
    fc.record({
      t: fc.constant("table" as const),
      v: fc.array(fc.record({ name: fieldName, value: tie("value") }), { maxLength: 8 }),
    }),
  ),
}));
const headersOf = (names: fc.Arbitrary<string>) => fc.array(fc.record({ name: names, value }), { maxLength: 12 });

const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.json().map((json) => new TextEncoder().encode(json)),
  fc
    .record({
      actor_name: fc.jsonValue(),
      message_id: fc.jsonValue(),
      options: fc.jsonValue(),
      queue_name: fc.jsonValue(),
    })
    .map((message) => new TextEncoder().encode(JSON.stringify(message))),
);
const amqp = fc.record({
  transport: fc.constant("amqp-0.9.1" as const),
  queue: fc.oneof(words, fc.constantFrom("default.XQ", ".XQ", "a.b.dlq", ".dlq", "in_error", "_skipped")),
  exchange: fc.oneof(words, fc.constant("DLX")),
  routingKey: words,
  redelivered: fc.boolean(),
  properties: fc.oneof(
    fc.constant({}),
    fc.record({ correlationId: words, messageId: words, timestamp: words, contentType: words }),
  ),
});
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const job: fc.Arbitrary<Native> = fc.record({
  transport: fc.constant("pgboss" as const),
  queue: words,
  jobId: words,
  priority: fc.integer(),
  singletonKey: nullable(words),
  groupId: nullable(words),
  retryCount: fc.integer(),
  retryLimit: fc.integer(),
  createdOn: words,
  sourceName: nullable(words),
  sourceId: nullable(words),
  sourceCreatedOn: nullable(words),
  sourceRetryCount: nullable(fc.double()),
  output: nullable(fc.oneof(words, fc.json())),
});

/** The message as it would be published to `queue` by this plan. */
function resent({ headers, body, native }: Captured, rule: string, queue: string): Captured {
  const made = plan({ headers, body, native }, rule);
  const kept = headers.filter(({ name }) => !made.strip.includes(name));
  const set = new Map(made.set.map((header) => [header.name, header]));
  return {
    headers: kept.map((header) => set.get(header.name) ?? header),
    body: made.body ?? body,
    native: native.transport === "amqp-0.9.1" ? { ...native, queue, exchange: "", routingKey: queue } : native,
  };
}

test("no decoder throws, whatever it is given, and each says the same twice", () => {
  fc.assert(
    fc.property(
      headersOf(fc.oneof(fc.constantFrom(...KNOWN), words)),
      bodies,
      fc.oneof(amqp, job),
      (headers, body, native) => {
        const captured = { headers, body, native };
        for (const decoder of decoders) {
          decoder.matches(captured);
          decoder.decode(captured);
          decoder.plan(captured);
        }
        const form = decode(captured);
        expect(decode(captured)).toEqual(form);
        expect(decoders.map(({ rule }) => rule)).toContain(form.rule);
        expect(
          form.attempts === null ||
            (Number.isSafeInteger(form.attempts) && form.attempts >= 0 && form.attempts < 2 ** 31),
        ).toBe(true);
        const names = new Set(headers.map(({ name }) => name));
        expect(plan(captured, form.rule).strip.every((name) => names.has(name))).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each(Object.entries(NAMES))("a resend by %s carries no death any more", (rule, [first = "", ...others]) => {
  fc.assert(
    fc.property(value, headersOf(fc.constantFrom(...others, ...BROKER)), amqp, (sign, headers, native) => {
      const captured = { headers: [{ name: first, value: sign }, ...headers], body: new Uint8Array(), native };
      const found = decode(captured).rule;
      expect([rule, "unknown", "rabbitmq-x-death", "spring-cloud-stream-rabbit"]).toContain(found);
      expect(decode(resent(captured, found, "work"))).toMatchObject({
        rule: "unknown",
        origin: null,
        reason: "unknown",
        attempts: null,
        firstFailedAt: null,
        lastFailedAt: null,
        error: null,
        lastHop: null,
        consumer: {},
      });
    }),
  );
});

test("headers of an application say nothing about a death, and none is stripped", () => {
  fc.assert(
    fc.property(headersOf(words.map((word) => `app-${word}`)), fc.uint8Array(), (headers, body) => {
      const native: Native = {
        transport: "amqp-0.9.1",
        queue: "dlq",
        exchange: "",
        routingKey: "dlq",
        redelivered: true,
        properties: {},
      };
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
