import { expect, test } from "vitest";
import { text, type Header, type TypedValue } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import { decode, plan } from "./index.ts";

const RULE = "laravel";
const JOB = { uuid: "5f9f6a0e-3a1b-4f0e-9d41-7a1f6b2c3d4e", displayName: "App\\Jobs\\ChargeCard", job: "Illuminate\\Queue\\CallQueuedHandler@call", maxTries: 3, data: { commandName: "App\\Jobs\\ChargeCard", command: "O:18:..." }, id: "Jp3k" };

const death = (reason: string): Header => ({
  name: "x-death",
  value: { t: "array", v: [{ t: "table", v: [{ name: "count", value: { t: "int64", v: "1" } }, text("reason", reason), text("queue", "default"), { name: "time", value: { t: "timestamp", v: "1773480413" } }, text("exchange", ""), { name: "routing-keys", value: { t: "array", v: [{ t: "text", v: "default" }] } }] }] },
});
const counted = (attempts: TypedValue): Header => ({ name: "laravel", value: { t: "table", v: [text("trace", "t"), { name: "attempts", value: attempts }] } });
const message = (job: object, ...headers: readonly Header[]): Captured => ({
  headers,
  body: new TextEncoder().encode(JSON.stringify(job)),
  native: { transport: "amqp-0.9.1", queue: "failed", exchange: "failed", routingKey: "default.failed", redelivered: false, properties: { contentType: "application/json", correlationId: "Jp3k" } },
});

test("a job that failed for good: rejected, with the tries before it counted in a header", () => {
  const failed = message(JOB, death("rejected"), counted({ t: "int32", v: "2" }));
  expect(decode(failed)).toMatchObject({
    rule: RULE,
    origin: { kind: "rabbitmq", queue: "default", exchange: "", routingKey: "default" },
    originalMessageId: JOB.uuid,
    reason: "rejected",
    attempts: 3,
    firstFailedAt: "2026-03-14T09:26:53.000Z",
    error: null,
    consumer: { queue: "default", handler: "App\\Jobs\\ChargeCard" },
  });
  const resend = plan(failed, RULE);
  expect(resend).toMatchObject({ failedQueue: { exchange: "", routingKey: "default" }, strip: ["x-death"], body: null, notes: ["header_retry_counter_reset"] });
  expect(resend.set).toEqual([counted({ t: "int32", v: "0" })]);
});

test("the first try has no header, or counts none before it", () => {
  expect(decode(message(JOB, death("rejected"))).attempts).toBe(1);
  expect(plan(message(JOB, death("rejected")), RULE)).toMatchObject({ set: [], notes: [] });
  const zero = message(JOB, death("rejected"), counted({ t: "int64", v: "0" }));
  expect(decode(zero).attempts).toBe(1);
  expect(plan(zero, RULE).set).toEqual([]);
});

test("a job that was not run when it died was not tried once more", () => {
  expect(decode(message(JOB, death("expired"), counted({ t: "int32", v: "2" })))).toMatchObject({ reason: "expired", attempts: 0 });
});

test("a counter of another type says nothing about the tries", () => {
  expect(decode(message(JOB, counted({ t: "int32", v: "2" })))).toMatchObject({ rule: RULE, reason: "unknown", attempts: null });
  for (const odd of [text("", "2").value, { t: "int32", v: "-1" }, { t: "void" }] as const) expect(decode(message(JOB, death("rejected"), counted(odd))).attempts).toBe(1);
  expect(plan(message(JOB, death("rejected"), text("laravel", "2")), RULE).set).toEqual([]);
});

test("newer payloads tell when they were made, older ones have an id alone", () => {
  expect(decode(message({ ...JOB, createdAt: 1_773_480_409 })).originalTimestamp).toBe("2026-03-14T09:26:49.000Z");
  expect(decode(message({ ...JOB, createdAt: "soon" })).originalTimestamp).toBeNull();
  expect(decode(message({ ...JOB, uuid: undefined })).originalMessageId).toBe("Jp3k");
});

test.each([{ displayName: 7 }, { job: null }, { data: undefined }])("a body that only resembles a job (%o) is none", (odd) => {
  expect(decode(message({ ...JOB, ...odd }, death("rejected")))).toMatchObject({ rule: "rabbitmq-x-death", consumer: { queue: "default" } });
});
