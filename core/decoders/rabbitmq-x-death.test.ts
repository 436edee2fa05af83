import { expect, test } from "vitest";
import { text, type Header, type TypedValue } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import expiredLoop from "./fixtures/rabbitmq-xdeath-expired-loop.json" with { type: "json" };
import maxlen from "./fixtures/rabbitmq-xdeath-maxlen.json" with { type: "json" };
import rejected from "./fixtures/rabbitmq-xdeath-rejected.json" with { type: "json" };
import optDeaths from "./fixtures/rabbitmq-amqp10-x-opt-deaths.json" with { type: "json" };
import stream from "./fixtures/rabbitmq-stream-as-dlq.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "rabbitmq-x-death";

test.each([
  ["rejected, with CC", rejected, ["CC"]],
  ["parked after a retry loop", expiredLoop, []],
  ["pushed out of a full queue", maxlen, []],
  ["kept in a stream", stream, []],
  ["bridged from AMQP 1.0", optDeaths, []],
])("the sample: %s", (_, json, alsoStripped) => {
  const { captured, expected, strip, targets } = sample(json);
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  const resend = plan(captured, RULE);
  expect(resend.strip.toSorted()).toEqual([...strip, ...alsoStripped].toSorted());
  expect([resend.failedQueue, resend.origin]).toEqual(expect.arrayContaining(targets));
  expect(resend.body).toBeNull();
  expect(resend.set).toEqual([]);
});

test("the rejected sample goes back to its queue by default and names what else it means", () => {
  const { captured } = sample(rejected);
  expect(plan(captured, RULE)).toMatchObject({
    failedQueue: { kind: "rabbitmq", exchange: "", routingKey: "orders.billing" },
    origin: { kind: "rabbitmq", exchange: "orders", routingKey: "order.created.eu" },
    notes: ["fan_out", "cc_dropped"],
  });
  expect(decode(captured)).toMatchObject({
    correlationId: "checkout-551",
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    originalTimestamp: "2026-03-14T09:26:49.000Z",
  });
});

type Entry = { queue: string; reason: string; count?: number; time?: number; exchange?: string; keys?: string[] };

const entry = ({
  queue,
  reason,
  count = 1,
  time = 1_773_480_413,
  exchange = "ex",
  keys = ["key"],
}: Entry): TypedValue => ({
  t: "table",
  v: [
    { name: "count", value: { t: "int64", v: String(count) } },
    text("reason", reason),
    text("queue", queue),
    { name: "time", value: { t: "timestamp", v: String(time) } },
    text("exchange", exchange),
    { name: "routing-keys", value: { t: "array", v: keys.map((v) => ({ t: "text", v })) } },
  ],
});

const xDeath = (...entries: Entry[]): Header => ({ name: "x-death", value: { t: "array", v: entries.map(entry) } });

const message = (headers: readonly Header[], queue = "dlq"): Captured => ({
  headers,
  body: new Uint8Array(),
  native: { transport: "amqp-0.9.1", queue, exchange: "dlx", routingKey: "key", redelivered: false, properties: {} },
});

test("a delivery limit leaves the attempts unknown", () => {
  const form = decode(message([xDeath({ queue: "work", reason: "delivery_limit" })]));
  expect(form).toMatchObject({ reason: "delivery_limit", attempts: null, origin: { queue: "work" } });
});

test("a delay queue in front of the consumer is the origin, but not where it failed", () => {
  const captured = message([
    xDeath(
      { queue: "work", reason: "rejected", time: 1_773_480_500, exchange: "", keys: ["work"] },
      { queue: "delay.30s", reason: "expired", time: 1_773_480_400, exchange: "delays", keys: ["orders"] },
    ),
    text("x-first-death-queue", "delay.30s"),
    text("x-first-death-reason", "expired"),
  ]);
  expect(decode(captured)).toMatchObject({
    reason: "rejected",
    attempts: 1,
    origin: { exchange: "delays", routingKey: "orders", queue: "work" },
    firstFailedAt: "2026-03-14T09:28:20.000Z",
    lastHop: null,
  });
  expect(plan(captured, RULE)).toMatchObject({
    failedQueue: { exchange: "", routingKey: "work" },
    origin: { exchange: "delays", routingKey: "orders" },
  });
});

test("the newest failure in the queue gives the reason", () => {
  const form = decode(
    message([
      xDeath(
        { queue: "work", reason: "delivery_limit", time: 1_773_480_500 },
        { queue: "work", reason: "rejected", count: 2 },
      ),
      text("x-first-death-queue", "work"),
      text("x-first-death-reason", "rejected"),
    ]),
  );
  expect(form).toMatchObject({ reason: "delivery_limit", attempts: null, firstFailedAt: "2026-03-14T09:26:53.000Z" });
});

test("without the flat headers the last entry is the first death", () => {
  const form = decode(
    message([
      xDeath({ queue: "b", reason: "expired" }, { queue: "a", reason: "expired", exchange: "first", keys: ["one"] }),
    ]),
  );
  expect(form).toMatchObject({
    reason: "expired",
    attempts: 0,
    origin: { exchange: "first", routingKey: "one", queue: "a" },
    lastHop: { queue: "b", reason: "expired" },
  });
});

test("the flat headers alone tell the queue and the reason", () => {
  const form = decode(message([text("x-first-death-queue", "work"), text("x-first-death-reason", "rejected")]));
  expect(form).toMatchObject({ rule: RULE, reason: "rejected", attempts: null, origin: { queue: "work" } });
});

test("a reason of a later broker is kept as it is and not guessed", () => {
  const form = decode(message([xDeath({ queue: "work", reason: "evaporated" })]));
  expect(form).toMatchObject({ reason: "unknown", reasonRaw: "evaporated", attempts: null });
});

test("no target leads back into the captured queue", () => {
  const captured = message([xDeath({ queue: "dlq", reason: "rejected", exchange: "", keys: ["dlq"] })]);
  expect(plan(captured, RULE)).toMatchObject({ failedQueue: null, origin: null });
});

test("no target has a name AMQP could not carry", () => {
  const captured = message([xDeath({ queue: "ü".repeat(128), reason: "rejected", keys: ["k".repeat(256)] })]);
  expect(plan(captured, RULE)).toMatchObject({ failedQueue: null, origin: null });
});

test("properties that bear on a resend are noted", () => {
  const captured = message([xDeath({ queue: "work", reason: "rejected", exchange: "" })]);
  const properties = { replyTo: "amq.gen-1", userId: "shop", expiration: "1000" };
  const native = { ...captured.native, properties };
  expect(plan({ ...captured, native } as Captured, RULE).notes).toEqual([
    "reply_to_gone",
    "user_id_dropped",
    "may_be_expired",
  ]);
});

test("AMQP 1.0's annotation: times in milliseconds, or converted to seconds; of another type they are left out", () => {
  const opt = (time: TypedValue, ...entries: TypedValue[]): Captured => message([
    { name: "x-opt-deaths", value: { t: "array", v: [{ t: "table", v: [text("queue", "work"), text("reason", "rejected"), { name: "count", value: { t: "uint64", v: "2" } }, { name: "first-time", value: time }, { name: "last-time", value: time }, text("exchange", "ex")] }, ...entries] } },
  ]);
  const at = "2026-03-14T09:26:53.000Z";
  expect(decode(opt({ t: "uint64", v: "1773480413000" }))).toMatchObject({ rule: RULE, attempts: 2, firstFailedAt: at, lastFailedAt: at });
  expect(decode(opt({ t: "timestamp", v: "1773480413" }))).toMatchObject({ firstFailedAt: at, lastFailedAt: at });
  for (const odd of [text("", "1773480413000").value, { t: "timestamp", v: "1773480413000" }, { t: "void" }, { t: "int32", v: "7" }] as const)
    expect(decode(opt(odd))).toMatchObject({ firstFailedAt: null, lastFailedAt: null, attempts: 2 });
  const untimed: TypedValue = { t: "table", v: [text("queue", "work"), text("reason", "rejected"), { name: "count", value: { t: "int64", v: "1" } }] };
  expect(decode(opt({ t: "timestamp", v: "1773480413" }, untimed))).toMatchObject({ attempts: 3, lastFailedAt: null });
});

test("RabbitMQ's own x-death goes before what a bridge handed on", () => {
  const own = xDeath({ queue: "work", reason: "rejected", count: 3 });
  const bridged: Header = { name: "x-opt-deaths", value: { t: "array", v: [{ t: "table", v: [text("queue", "old"), text("reason", "expired")] }] } };
  expect(decode(message([bridged, own]))).toMatchObject({ origin: { queue: "work" }, attempts: 3 });
  expect(plan(message([bridged, own]), RULE).strip.toSorted()).toEqual(["x-death", "x-opt-deaths"]);
});

test.each(["rejected", "x-death"])("a published x-death of text (%s) is no death, and is stripped", (v) => {
  expect(decode(message([text("x-death", v)]))).toMatchObject({ rule: "unknown", origin: null });
  expect(plan(message([text("x-death", v)]), "unknown").strip).toEqual(["x-death"]);
});
