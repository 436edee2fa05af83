import { expect, test } from "vitest";
import { text, type Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import json from "./fixtures/masstransit-rabbitmq-error.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "masstransit";
const { captured, expected, strip, targets } = sample(json);

const without = (...names: string[]): Header[] => captured.headers.filter(({ name }) => !names.includes(name));

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  expect(form).toMatchObject({
    correlationId: "08dd1e00-5d4e-4a2b-3c11-08de8a1b0002",
    originalTimestamp: "2026-03-14T09:26:49.123Z",
  });
  const resend = plan(captured, RULE);
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
  expect(resend.failedQueue).toEqual(targets[0]);
  expect(resend).toMatchObject({ set: [], body: null, notes: [] });
});

test("without a retry counter it was tried once", () => {
  expect(decode({ ...captured, headers: without("MT-Fault-RetryCount") }).attempts).toBe(1);
});

test("a retry counter of a wrong type is no counter", () => {
  const headers = [...without("MT-Fault-RetryCount"), text("MT-Fault-RetryCount", "3")];
  expect(decode({ ...captured, headers }).attempts).toBeNull();
});

test("the address may have a virtual host, options and escapes", () => {
  const address = text("MT-Fault-InputAddress", "rabbitmq://rabbit/shop/charge%2Fcard?durable=true&prefetch=4");
  const message = { ...captured, headers: [...without("MT-Fault-InputAddress"), address] };
  expect(decode(message).origin?.queue).toBe("charge/card");
  expect(plan(message, RULE).failedQueue).toMatchObject({ routingKey: "charge/card" });
});

test("an address that cannot be read gives way to the name of the queue", () => {
  const address = text("MT-Fault-InputAddress", "rabbitmq://rabbit/%E0%A4%A");
  const message = { ...captured, headers: [...without("MT-Fault-InputAddress"), address] };
  expect(plan(message, RULE)).toMatchObject({ failedQueue: { routingKey: "charge-card" }, notes: ["target_guessed"] });
});

test("a message nobody consumes lies in _skipped and was never tried", () => {
  const message: Captured = {
    headers: [text("MT-Reason", "dead-letter"), text("MT-Host-MachineName", "billing-1")],
    body: captured.body,
    native: {
      transport: "amqp-0.9.1",
      queue: "charge-card_skipped",
      exchange: "charge-card_skipped",
      routingKey: "",
      redelivered: false,
      properties: {},
    },
  };
  expect(decode(message)).toMatchObject({
    rule: RULE,
    reason: "no_consumer",
    reasonRaw: "dead-letter",
    attempts: 0,
    error: null,
    originalMessageId: "08dd1e00-5d4e-4a2b-3c11-08de8a1b0001",
    origin: { exchange: "charge-card", queue: "charge-card" },
  });
  expect(plan(message, RULE)).toMatchObject({
    failedQueue: { exchange: "", routingKey: "charge-card" },
    strip: ["MT-Reason", "MT-Host-MachineName"],
    notes: ["target_guessed"],
  });
});

test("the id before a redelivery under a new one is the original", () => {
  const headers = [...captured.headers, text("MT-OriginalMessageId", "first-id")];
  expect(decode({ ...captured, headers }).originalMessageId).toBe("first-id");
  expect(plan({ ...captured, headers }, RULE).strip).not.toContain("MT-OriginalMessageId");
});

test("a raw body is not opened", () => {
  const headers = [...without("Content-Type"), text("Content-Type", "application/json")];
  expect(decode({ ...captured, headers })).toMatchObject({ originalTimestamp: null, correlationId: null });
});

test("a delayed redelivery's counter goes, for a fresh life", () => {
  const counter: Header = { name: "MT-Redelivery-Count", value: { t: "int32", v: "2" } };
  expect(plan({ ...captured, headers: [...captured.headers, counter] }, RULE).strip).toContain("MT-Redelivery-Count");
});
