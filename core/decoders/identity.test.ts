import { expect, test } from "vitest";
import { text, type Header } from "../message/header.ts";
import type { AmqpProperties } from "../message/raw.ts";
import type { Captured } from "./decoder.ts";
import sample from "./fixtures/trace-and-correlation-headers.json" with { type: "json" };
import { correlationIdOf, messageIdOf, traceIdOf } from "./identity.ts";
import { decode, plan } from "./index.ts";

const W3C = "4bf92f3577b34da6a3ce929d0e0e4736";
const B3 = "80f198ee56343ba864fe8b2a57d3eff7";
const traceparent = `00-${W3C}-00f067aa0ba902b7-01`;
const single = text("b3", `${B3}-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90`);
const multi = text("X-B3-TraceId", "a3ce929d0e0e4736");

const message = (headers: readonly Header[], properties: AmqpProperties = {}): Captured => ({
  headers,
  body: new Uint8Array(),
  native: { transport: "amqp-0.9.1", queue: "q", exchange: "", routingKey: "q", redelivered: false, properties },
});

test("traceparent wins over b3, b3 in one header over many, those over the CloudEvents extension", () => {
  const event = text("cloudEvents_traceparent", traceparent);
  expect(traceIdOf([event, multi, single, text("TraceParent", traceparent)])).toBe(W3C);
  expect(traceIdOf([event, multi, single])).toBe(B3);
  expect(traceIdOf([event, multi])).toBe("0000000000000000a3ce929d0e0e4736");
  expect(traceIdOf([event])).toBe(W3C);
  expect(traceIdOf([text("cloudEvents:traceparent", traceparent)])).toBe(W3C);
  expect(traceIdOf([])).toBeNull();
});

test.each([
  "",
  "00",
  `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
  `ff-${W3C}-00f067aa0ba902b7-01`,
  `00-${W3C.toUpperCase()}-00f067aa0ba902b7-01`,
  `00-${W3C}-00f067aa0ba902b7-01extra`,
])("a traceparent that is none gives way to b3: %s", (value) => {
  expect(traceIdOf([text("traceparent", value), single])).toBe(B3);
});

test("a later version of traceparent may say more", () => {
  expect(traceIdOf([text("traceparent", `01-${W3C}-00f067aa0ba902b7-01-more`)])).toBe(W3C);
});

test("b3 that only says whether to sample has no id", () => {
  expect(traceIdOf([text("b3", "0")])).toBeNull();
});

test("the property comes first among correlation ids, the body last", () => {
  const headers = [text("NServiceBus.ConversationId", "n"), text("Correlation-Id", "c"), text("x-correlation-id", "x")];
  expect(correlationIdOf(message(headers, { correlationId: "p" }), "b")).toBe("p");
  expect(correlationIdOf(message(headers), "b")).toBe("c");
  expect(correlationIdOf(message([]), "b")).toBe("b");
  expect(correlationIdOf(message([text("correlation_id", "")], { correlationId: "" }))).toBeNull();
});

test("a value that is no text is passed over", () => {
  const bytes: Header = { name: "correlation_id", value: { t: "bytes", v: "AA==" } };
  expect(correlationIdOf(message([bytes, text("CORRELATION_ID", "c")]))).toBe("c");
});

test("the message id is the property, else a header", () => {
  expect(messageIdOf(message([text("Message-Id", "h")], { messageId: "p" }))).toBe("p");
  expect(messageIdOf(message([text("Message-Id", "h")]))).toBe("h");
  expect(messageIdOf(message([]))).toBeNull();
});

test("the sample of every id on one record: it tells of no death, and a resend keeps them all", () => {
  const { message: record, expected } = sample;
  const captured: Captured = {
    headers: record.headers.map(({ key, valueBase64 }) => text(key, atob(valueBase64))),
    body: new Uint8Array(),
    native: { transport: "kafka", queue: record.topic, partition: record.partition, offset: record.offset, timestamp: record.timestamp, key: record.keyBase64, tombstone: false },
  };
  expect(decode(captured)).toMatchObject({ rule: "unknown", traceId: expected.trace.traceId, correlationId: expected.correlationId, originalMessageId: expected.messageId, key: { utf8: "ord_9f2c" } });
  expect(plan(captured, "unknown")).toMatchObject({ strip: [], set: [], notes: [] });
});

test.each(["ce-id", "ce_id", "cloudEvents_id", "cloudEvents:id", "_watermill_message_uuid"])("a message's id may stand under %s", (name) => {
  expect(messageIdOf(message([text(name, "evt-1")]))).toBe("evt-1");
  expect(messageIdOf(message([text(name, "evt-1"), text("message_id", "m-1")]))).toBe("m-1");
});
