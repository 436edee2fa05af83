import { expect, test } from "vitest";
import { text, type Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import { decode, plan } from "./index.ts";

const RULE = "rebus";

const STACK = [
  "System.InvalidOperationException: card declined",
  " ---> System.TimeoutException: no answer",
  "   --- End of inner exception stack trace ---",
  "   at Acme.Billing.ChargeHandler.Handle(ChargeCard message) in /src/ChargeHandler.cs:line 21",
].join("\n");
const DETAILS = [
  "2 unhandled exceptions: 3/14/2026 9:26:50 AM +00:00: System.ArgumentException: first\n   at Acme.A.B()",
  `14.03.2026 09:26:53 +00:00: ${STACK}`,
].join("\n\n");

const message = (...headers: Header[]): Captured => ({
  headers,
  body: new TextEncoder().encode("{}"),
  native: {
    transport: "amqp-0.9.1",
    queue: "error",
    exchange: "RebusDirect",
    routingKey: "error",
    redelivered: false,
    properties: {},
  },
});

const failed = message(
  text("rbs2-content-type", "application/json;charset=utf-8"),
  text("rbs2-corr-id", "corr-1"),
  text("rbs2-defer-count", "1"),
  text("rbs2-delivery-count", "5"),
  text("rbs2-error-details", DETAILS),
  text("rbs2-msg-id", "msg-1"),
  text("rbs2-msg-type", "Acme.Contracts.ChargeCard, Acme.Contracts"),
  text("rbs2-senttime", "2026-03-14T10:26:49.1234567+01:00"),
  text("rbs2-source-queue", "billing"),
);

test("after its retries", () => {
  expect(decode(failed)).toEqual({
    rule: RULE,
    origin: { kind: "rabbitmq", exchange: "", routingKey: "billing", routingKeys: ["billing"], queue: "billing" },
    originalMessageId: "msg-1",
    reason: "retries_exhausted",
    reasonRaw: null,
    attempts: 2,
    firstFailedAt: null,
    lastFailedAt: null,
    error: { type: "System.InvalidOperationException", message: "card declined", stack: STACK },
    errorOuter: null,
    lastHop: null,
    redriveCount: null,
    consumer: { queue: "billing", messageType: "Acme.Contracts.ChargeCard, Acme.Contracts" },
    key: null,
    originalTimestamp: "2026-03-14T09:26:49.123Z",
    correlationId: "corr-1",
    traceId: null,
  });
  expect(plan(failed, RULE)).toEqual({
    failedQueue: { kind: "rabbitmq", exchange: "", routingKey: "billing" },
    origin: { kind: "rabbitmq", exchange: "", routingKey: "billing" },
    strip: ["rbs2-defer-count", "rbs2-delivery-count", "rbs2-error-details", "rbs2-source-queue"],
    set: [],
    body: null,
    notes: [],
  });
});

test("on Windows, lines end otherwise", () => {
  const details = text("rbs2-error-details", DETAILS.replaceAll("\n", "\r\n"));
  expect(decode(message(details)).error).toMatchObject({
    type: "System.InvalidOperationException",
    message: "card declined",
  });
});

test("an empty line within a message does not hide its exception", () => {
  const details = "1 unhandled exceptions: 9:26: Acme.CardException: declined\n\nsee the log\n   at Acme.A.B()";
  expect(decode(message(text("rbs2-error-details", details)))).toMatchObject({
    attempts: 1,
    error: { type: "Acme.CardException", message: "declined" },
  });
});

test("forwarded by hand, with one exception and no count", () => {
  const details = text("rbs2-error-details", "given up: System.FormatException: bad\n   at Acme.A.B()");
  expect(decode(message(details, text("rbs2-source-queue", "billing")))).toMatchObject({
    reason: "handler_error",
    attempts: null,
    error: { type: "System.FormatException", message: "bad" },
  });
});

test("forwarded by the transport, without a source queue", () => {
  const captured = message(text("rbs2-error-details", "Caught exception: no idea what"));
  expect(decode(captured)).toMatchObject({
    rule: RULE,
    origin: null,
    error: { type: null, message: "Caught exception: no idea what" },
  });
  expect(plan(captured, RULE)).toMatchObject({ failedQueue: null, origin: null });
});
