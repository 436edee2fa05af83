import fc from "fast-check";
import { base64Of } from "#core/message/bytes.ts";
import type { Header, TypedValue } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";

/** Texts as they stand in headers and facts, some of which decoders look for. */
export const words = fc.oneof(
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
    '{"num_attempts":3,"properties":{"headers":{"a":[1,{"b":null}],"x-death":[]}}}',
    "2 unhandled exceptions: ",
    "\0",
    "a: b: ",
    "orders",
    "12345678",
    "3",
    "kafka://topic/orders",
    "rabbitmq://queue/work",
    "nats://subject/a.b",
    "a.B: c\nCaused by: d.E: f\n",
    "http://billing",
  ),
);

const base64 = fc.uint8Array({ maxLength: 12 }).map(base64Of);
const leaf: fc.Arbitrary<TypedValue> = fc.oneof(
  fc.record({ t: fc.constant("text" as const), v: words }),
  fc.record({ t: fc.constantFrom("rawtext" as const, "bytes", "raw"), v: fc.oneof(words, base64) }),
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

/** Any value a broker carries, four levels deep. */
export const { value } = fc.letrec<{ value: TypedValue }>((tie) => ({
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

/** Headers of these names, in any order and as often as it comes. */
export const headersOf = (names: fc.Arbitrary<string>): fc.Arbitrary<Header[]> => fc.array(fc.record({ name: names, value }), { maxLength: 12 });

const json = (arbitrary: fc.Arbitrary<object>) => arbitrary.map((object) => new TextEncoder().encode(JSON.stringify(object)));
/** Bodies: bytes, JSON, and what conventions keep in one. */
export const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  json(fc.object()),
  json(fc.record({ actor_name: fc.jsonValue(), message_id: fc.jsonValue(), options: fc.jsonValue(), queue_name: fc.jsonValue() })),
  json(fc.record({ specversion: words, id: words, topic: fc.oneof(words, fc.jsonValue()), pubsubname: words, time: fc.jsonValue(), knativeerrordest: fc.jsonValue() })),
  json(fc.record({ pattern: fc.oneof(words, fc.jsonValue()), data: fc.jsonValue() })),
  json(fc.record({ num_attempts: fc.integer(), failed_at: words, payload: fc.oneof(base64, fc.jsonValue()), properties: fc.oneof(words, fc.jsonValue()), backtrace: fc.jsonValue() })),
);

const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const digits = fc.bigInt({ min: -1n, max: 2n ** 64n }).map(String);

export const amqp: fc.Arbitrary<Native> = fc.record({
  transport: fc.constant("amqp-0.9.1" as const),
  queue: fc.oneof(words, fc.constantFrom("default.XQ", ".XQ", "a.b.dlq", ".dlq", "in_error", "_skipped", "work-error", "-error")),
  exchange: fc.oneof(words, fc.constant("DLX")),
  routingKey: words,
  redelivered: fc.boolean(),
  properties: fc.oneof(
    fc.constant({}),
    fc.record({ correlationId: words, messageId: words, timestamp: words, contentType: fc.oneof(words, fc.constant("application/cloudevents+json")) }),
  ),
});

export const kafka: fc.Arbitrary<Native> = fc.record(
  {
    transport: fc.constant("kafka" as const),
    queue: fc.oneof(words, fc.constant("error.orders.billing")),
    partition: fc.integer(),
    offset: fc.oneof(words, digits),
    timestamp: fc.oneof(words, digits),
    key: nullable(fc.oneof(words, base64)),
    tombstone: fc.boolean(),
    pointer: fc.record({ topic: words, partition: fc.integer(), offset: digits, record: fc.constantFrom("found" as const, "gone", "unreadable") }),
  },
  { requiredKeys: ["transport", "queue", "partition", "offset", "timestamp", "key", "tombstone"] },
);

export const nats: fc.Arbitrary<Native> = fc.record({
  transport: fc.constant("nats" as const),
  queue: words,
  stream: fc.constantFrom("ORDERS", "DEAD"),
  subject: nullable(fc.constantFrom("orders.created", "a")),
  sequence: digits,
  time: nullable(words),
  advisory: nullable(
    fc.record({
      kind: fc.constantFrom("max_deliver" as const, "terminated"),
      sequence: digits,
      id: words,
      timestamp: words,
      consumer: words,
      deliveries: fc.double(),
      reason: nullable(words),
      domain: nullable(words),
      message: fc.constantFrom("found" as const, "gone", "unreadable"),
    }),
  ),
});

export const job: fc.Arbitrary<Native> = fc.record({
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

export const stream: fc.Arbitrary<Native> = fc.record({
  transport: fc.constant("redis-stream" as const),
  queue: words,
  entryId: words,
  body: nullable(fc.record({ field: words, at: fc.nat(3) })),
  pending: nullable(fc.record({ group: words, consumer: words, idleMs: fc.integer(), deliveries: fc.oneof(words, digits) })),
});
