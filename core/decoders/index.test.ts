import { expect, test } from "vitest";
import { text, type Header, type TypedValue } from "../message/header.ts";
import type { Native } from "../message/raw.ts";
import { decode, decoders, plan, ruleTitle } from "./index.ts";

const STAMP = "X-Message-Stamp-Symfony\\Component\\Messenger\\Stamp\\";

test("huge and deep headers are read in passing", () => {
  let deep: TypedValue = { t: "void" };
  for (let depth = 0; depth < 50_000; depth++) {
    deep = { t: "table", v: [{ name: "queue", value: { t: "array", v: [deep] } }] };
  }
  const entry: TypedValue = { t: "table", v: [text("queue", "work"), text("reason", "rejected")] };
  const many: TypedValue = { t: "array", v: Array.from({ length: 50_000 }, () => entry) };
  const long = `${"a.B: ".repeat(200_000)}\nCaused by: ${"x".repeat(1_000_000)}`;
  const details = "1 unhandled exceptions: " + "t: ".repeat(300_000) + "\n\nt: ".repeat(100_000);
  const headers: Header[] = [
    { name: "x-death", value: { t: "array", v: [deep] } },
    { name: "x-death", value: many },
    text("x-exception-stacktrace", long),
    text("rbs2-error-details", details),
    text(`${STAMP}RedeliveryStamp`, "[".repeat(500_000)),
    text(`${STAMP}ErrorDetailsStamp`, `[${"{},".repeat(200_000)}{}]`),
    text("traceparent", "0".repeat(1_000_000)),
  ];
  const native: Native = {
    transport: "amqp-0.9.1",
    queue: "a.XQ",
    exchange: "",
    routingKey: "a.XQ",
    redelivered: false,
    properties: { timestamp: "9".repeat(1_000_000), messageId: "m" },
  };
  const captured = { headers, body: new TextEncoder().encode("[".repeat(1_000_000)), native };
  for (const decoder of decoders) {
    expect(() => [decoder.matches(captured), decoder.decode(captured), decoder.plan(captured)]).not.toThrow();
  }
  expect(decode({ ...captured, headers: [{ name: "x-death", value: many }] })).toMatchObject({
    rule: "rabbitmq-x-death",
    origin: { queue: "work" },
  });
});

test("a count beyond what a column holds is not believed", () => {
  const native: Native = {
    transport: "amqp-0.9.1",
    queue: "dlq",
    exchange: "",
    routingKey: "dlq",
    redelivered: false,
    properties: {},
  };
  const entry = (count: string): TypedValue => ({
    t: "table",
    v: [text("queue", "work"), text("reason", "rejected"), { name: "count", value: { t: "int64", v: count } }],
  });
  const attempts = (...counts: string[]) =>
    decode({
      headers: [{ name: "x-death", value: { t: "array", v: counts.map(entry) } }],
      body: new Uint8Array(),
      native,
    }).attempts;
  expect(attempts("2147483647")).toBe(2_147_483_647);
  expect(attempts("2147483647", "1")).toBeNull();
  expect(attempts("9223372036854775807")).toBeNull();
  expect(attempts("-1")).toBeNull();
});

test("rules are distinct, unknown is last, and every rule has a title", () => {
  const rules = decoders.map(({ rule }) => rule);
  expect(new Set(rules).size).toBe(rules.length);
  expect(rules.at(-1)).toBe("unknown");
  expect(ruleTitle("rabbitmq-x-death")).toBe("RabbitMQ dead-letter exchange");
  expect(ruleTitle("of-a-later-version")).toBe("of-a-later-version");
});

test("a rule of another version falls back to leaving out what the broker wrote", () => {
  const native: Native = {
    transport: "amqp-0.9.1",
    queue: "dlq",
    exchange: "",
    routingKey: "dlq",
    redelivered: false,
    properties: {},
  };
  const headers = [text("x-first-death-queue", "work"), text("mine", "1")];
  expect(plan({ headers, body: new Uint8Array(), native }, "of-a-later-version")).toMatchObject({
    failedQueue: null,
    strip: ["x-first-death-queue"],
  });
});

/** Every sign of a framework, in the order in which they are believed; x-death is on all of them and blocks none. */
const ORDER: readonly [rule: string, sign: Header][] = [
  ["spring-amqp", text("x-original-routingKey", "k")],
  ["masstransit", text("MT-Reason", "fault")],
  ["nservicebus", text("NServiceBus.FailedQ", "work")],
  ["rebus", text("rbs2-source-queue", "work")],
  ["symfony", text(`${STAMP}SentToFailureTransportStamp`, "[]")],
  ["kicks", text("retry_info", '{"num_attempts":1}')],
  ["rabbitmq-x-death", text("x-first-death-queue", "work")],
];

test("RabbitMQ: frameworks in their order, each before the broker's own x-death", () => {
  const native: Native = { transport: "amqp-0.9.1", queue: "dlq", exchange: "", routingKey: "dlq", redelivered: false, properties: {} };
  for (const [at, [rule]] of ORDER.entries()) {
    const headers = ORDER.slice(at).map(([, sign]) => sign).toReversed();
    expect(decode({ headers, body: new Uint8Array(), native }).rule).toBe(rule);
  }
});

const KAFKA_ORDER: readonly [rule: string, ...signs: string[]][] = [
  ["spring-kafka-retryable-topic", "retry_topic-attempts"],
  ["spring-kafka-dlt", "kafka_dlt-original-topic"],
  ["kafka-connect", "__connect.errors.topic"],
  ["kafka-streams", "__streams.errors.topic"],
  ["smallrye-delayed-retry", "delayed-retry-topic", "delayed-retry-count"],
  ["smallrye", "dead-letter-topic", "dead-letter-reason"],
  ["spring-cloud-stream-kafka", "x-original-topic"],
  ["watermill", "reason_poisoned", "topic_poisoned"],
  ["wolverine", "failed-at", "exception-type", "original-destination"],
  ["karafka", "source_topic", "source_offset", "source_attempts"],
  ["knative", "ce_knativeerrordest"],
];

test("Kafka: names that only one framework uses go before common ones", () => {
  const native: Native = { transport: "kafka", queue: "dlq", partition: 0, offset: "0", timestamp: "-1", key: null, tombstone: false };
  for (const [at, [rule]] of KAFKA_ORDER.entries()) {
    const headers = KAFKA_ORDER.slice(at).flatMap(([, ...signs]) => signs.map((sign) => text(sign, "x")));
    expect(decode({ headers, body: new Uint8Array(), native }).rule).toBe(rule);
  }
});

test("what the server announced of this death goes before what a framework left on the message", () => {
  const advisory = { kind: "terminated" as const, sequence: "1", id: "i", timestamp: "2026-03-14T09:26:53Z", consumer: "c", deliveries: 2, reason: "done", domain: null, message: "found" as const };
  const native: Native = { transport: "nats", queue: "ADVISORIES", stream: "S", subject: "a", sequence: "1", time: null, advisory };
  expect(decode({ headers: [text("reason_poisoned", "r"), text("topic_poisoned", "t")], body: new Uint8Array(), native }).rule).toBe("nats-advisory");
});
