import fc from "fast-check";
import { expect, test } from "vitest";
import masstransit from "../decoders/fixtures/masstransit-rabbitmq-error.json" with { type: "json" };
import dramatiq from "../decoders/fixtures/dramatiq-rabbitmq-xq.json" with { type: "json" };
import job from "../decoders/fixtures/pg-boss-dead-letter.json" with { type: "json" };
import rejected from "../decoders/fixtures/rabbitmq-xdeath-rejected.json" with { type: "json" };
import spring from "../decoders/fixtures/spring-amqp-republish.json" with { type: "json" };
import symfony from "../decoders/fixtures/symfony-messenger-amqp.json" with { type: "json" };
import { sample } from "../decoders/fixtures.ts";
import { decode } from "../decoders/index.ts";
import { fingerprint } from "./fingerprint.ts";
import { DEATH_REASONS, type DeathError } from "./normal-form.ts";

const ofError = (error: Partial<DeathError>, sourceName = "dlq") =>
  fingerprint(
    { reason: "handler_error", origin: null, error: { type: null, message: null, stack: null, ...error } },
    sourceName,
  );

test.each([
  ["Node.js", job, "CardDeclined at charge()"],
  ["Python", dramatiq, "CardDeclined at charge()"],
  ["Java", spring, "IllegalStateException at ChargeHandler.handle()"],
  [".NET", masstransit, "InvalidOperationException at ChargeConsumer.Consume()"],
  ["PHP", symfony, "CardDeclined at ChargeHandler->__invoke()"],
  ["no error", rejected, "rejected from orders.billing"],
])("the title of a death: %s", (_, json, title) => {
  expect(fingerprint(decode(sample(json).captured), "some.dlq").title).toBe(title);
});

test("what varies from one failure to the next does not part a group", () => {
  const at = (line: number) => `CardDeclinedError: x\n    at charge (/app/billing.js:${line}:9)\n`;
  const type = "CardDeclinedError";
  const one = ofError({ type, message: "card 4242 of ann@shop.example was declined", stack: at(12) });
  const other = ofError({ type, message: "card 17 of bob@mail.example was declined", stack: at(99) }, "other.dlq");
  expect(one).toEqual(other);
  expect(one.title).toBe("CardDeclinedError at charge()");
});

test("type and place part groups; the message does where there is no place", () => {
  const stack = "    at charge (/app/billing.js:1:9)";
  const errors: Partial<DeathError>[] = [
    { type: "A", message: "declined", stack },
    { type: "B", message: "declined", stack },
    { type: "A", message: "declined", stack: stack.replace("charge", "refund") },
    { type: "A", message: "declined" },
    { type: "A", message: "timed out" },
  ];
  expect(new Set(errors.map((error) => ofError(error).key)).size).toBe(errors.length);
  expect(ofError({ type: "A", message: "timed out", stack }).key).toBe(ofError({ type: "A", message: "declined", stack }).key);
});

test("reason and queue part groups where there is no error", () => {
  const keys = DEATH_REASONS.flatMap((reason) =>
    ["a", "b"].map((queue) => fingerprint({ reason, error: null, origin: { kind: "rabbitmq", queue } }, "dlq").key),
  );
  expect(new Set(keys).size).toBe(2 * DEATH_REASONS.length);
});

test("without an origin, the source stands for the queue", () => {
  expect(fingerprint({ reason: "unknown", error: null, origin: null }, "orders.dlq").title).toBe(
    "unknown reason, found in orders.dlq",
  );
  const origin = { kind: "rabbitmq", receiver: "async" } as const;
  expect(fingerprint({ reason: "retries_exhausted", error: null, origin }, "failed").title).toBe(
    "retries exhausted in async",
  );
});

test("a title is made of what there is", () => {
  expect(ofError({ type: "shop.Declined", message: "no funds" }).title).toBe("Declined: no funds");
  expect(ofError({ message: "no funds for order 7" }).title).toBe("no funds for order <n>");
  expect(ofError({ type: "Declined" }).title).toBe("Declined");
  expect(ofError({ stack: "    at charge (/app/billing.js:1:9)" }).title).toBe("failed at charge()");
});

test("any text gives one short line that Postgres takes, and the same every time", () => {
  const texts = fc.option(fc.string({ unit: "binary", maxLength: 500 }), { nil: null });
  const error = fc.record({ type: texts, message: texts, stack: texts });
  fc.assert(
    fc.property(fc.option(error, { nil: null }), fc.string({ unit: "binary", minLength: 1 }), (of, sourceName) => {
      const made = fingerprint({ reason: "rejected", origin: null, error: of }, sourceName);
      expect(fingerprint({ reason: "rejected", origin: null, error: of }, sourceName)).toEqual(made);
      expect(made.title).not.toMatch(/[\n\0\p{Cc}]/u);
      expect(made.title).not.toBe("");
      expect(made.title.length).toBeLessThanOrEqual(400);
      expect(made.key.isWellFormed() && !made.key.includes("\0")).toBe(true);
    }),
  );
});

test.each([
  "a",
  "1",
  " ",
  "\n",
  "a.",
  "a@",
  "a-",
  '"',
  "'",
  "1.",
  "0x",
  "at ",
  "at a(",
  "at a.b(",
  "at a (",
  "    at ",
  "#0 ",
  "<a>",
  ":1",
  "http://",
  "2026-03-14",
  '  File "',
  "\nCaused by: ",
  "Traceback (most recent call last)",
  '\n  File "a", line 1, in b',
  "<",
  "at a.<b>c.d(\n",
  "#1 a(1): b(\n",
  "at b (/a:1:2)\n",
  "\u0000",
  "\ud800",
  "é",
])("a megabyte of %j is looked at in a fraction of a second", (piece) => {
  const text = piece.repeat(Math.ceil(1_048_576 / piece.length));
  const before = performance.now();
  ofError({ type: text, message: text, stack: text }, text);
  expect(performance.now() - before).toBeLessThan(500);
});

test("without an error, letters of different streams and topics are different groups", () => {
  const of = (origin: Parameters<typeof fingerprint>[0]["origin"]) => fingerprint({ error: null, reason: "delivery_limit", origin }, "REDRIVE_ADVISORIES");
  expect(of({ kind: "nats", stream: "ORDERS", subject: "orders.1" }).title).toBe("delivery limit reached in ORDERS");
  expect(of({ kind: "nats", stream: "ORDERS", subject: "orders.2" }).key).toBe(of({ kind: "nats", stream: "ORDERS", subject: "orders.1" }).key);
  expect(of({ kind: "nats", stream: "MAIL" }).key).not.toBe(of({ kind: "nats", stream: "ORDERS" }).key);
  expect(of({ kind: "kafka", topic: "payments" }).title).toBe("delivery limit reached in payments");
});
