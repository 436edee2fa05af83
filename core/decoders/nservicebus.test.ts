import { expect, test } from "vitest";
import { text } from "../message/header.ts";
import json from "./fixtures/nservicebus-error.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "nservicebus";
const { captured, expected, strip, targets } = sample(json);

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  expect(form).toMatchObject({
    correlationId: "8f0b1c9e-2f55-4d5e-9b27-b3ab00a1c2d3",
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    originalTimestamp: "2026-03-14T09:26:49.123Z",
  });
  const resend = plan(captured, RULE);
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
  expect(resend.failedQueue).toEqual(targets[0]);
  expect(resend).toMatchObject({ set: [], body: null, notes: [] });
});

test("everything ServiceControl removes goes, and nothing else of NServiceBus", () => {
  const headers = [...captured.headers, text("NServiceBus.Retries.Timestamp", "x"), text("ServiceControl.EditOf", "y")];
  const { strip: stripped } = plan({ ...captured, headers }, RULE);
  expect(stripped).toEqual(expect.arrayContaining(["NServiceBus.Retries.Timestamp", "ServiceControl.EditOf"]));
  expect(stripped).not.toEqual(expect.arrayContaining(["NServiceBus.ConversationId"]));
  expect(stripped).not.toEqual(expect.arrayContaining(["$.diagnostics.hostid"]));
});

test("ServiceControl's order for another queue is honoured", () => {
  const headers = [...captured.headers, text("ServiceControl.RetryTo", "Billing.New")];
  expect(plan({ ...captured, headers }, RULE)).toMatchObject({
    failedQueue: { exchange: "", routingKey: "Billing.New" },
    origin: { exchange: "", routingKey: "Billing" },
  });
});

test("outside of a handler the message type comes from the envelope", () => {
  const headers = captured.headers.filter(({ name }) => !name.includes(".Data."));
  const { consumer } = decode({ ...captured, headers });
  expect(consumer).toEqual({ endpoint: "Billing", host: "billing-7c9d", messageType: "Acme.Contracts.ChargeCard" });
});
