import { expect, test } from "vitest";
import { text } from "../message/header.ts";
import type { NatsNative } from "../message/native.ts";
import type { Captured } from "./decoder.ts";
import { decode, plan } from "./index.ts";

/** The documented advisory of a message given up after five deliveries. */
const advisory: NonNullable<NatsNative["advisory"]> = {
  kind: "max_deliver",
  sequence: "7",
  id: "Xr1jT0mQ2b7YVQm9sX0ZpQ",
  timestamp: "2026-03-14T09:26:53.123456789Z",
  consumer: "billing",
  deliveries: 5,
  reason: null,
  domain: null,
  message: "found",
};
const letter = (over: Partial<NonNullable<NatsNative["advisory"]>> = {}, subject: string | null = "orders.created.eu"): Captured => ({
  body: new Uint8Array(),
  headers: [text("Nats-Msg-Id", "ord_9f2c"), text("Nats-Rollup", "all"), text("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")],
  native: { transport: "nats", queue: "REDRIVE_ADVISORIES", stream: "ORDERS", subject, sequence: "1042", time: subject === null ? null : "2026-03-14T09:26:49.123456789Z", advisory: { ...advisory, ...over } },
});

test("given up after too many deliveries", () => {
  expect(decode(letter())).toMatchObject({
    rule: "nats-advisory",
    origin: { kind: "nats", stream: "ORDERS", subject: "orders.created.eu", sequence: "1042" },
    originalMessageId: "ord_9f2c",
    reason: "delivery_limit",
    reasonRaw: "max_deliver",
    attempts: 5,
    firstFailedAt: null,
    lastFailedAt: "2026-03-14T09:26:53.123Z",
    error: null,
    consumer: { stream: "ORDERS", consumer: "billing" },
    originalTimestamp: "2026-03-14T09:26:49.123Z",
  });
  expect(plan(letter(), "nats-advisory")).toEqual({
    failedQueue: { kind: "nats", subject: "orders.created.eu", stream: "ORDERS" },
    origin: { kind: "nats", subject: "orders.created.eu", stream: "ORDERS" },
    strip: ["Nats-Msg-Id", "Nats-Rollup"],
    set: [],
    body: null,
    notes: ["every_subscriber", "dedup_dropped"],
  });
});

test("terminated by its consumer, with its reason or without", () => {
  expect(decode(letter({ kind: "terminated", reason: "SchemaError: no id" }))).toMatchObject({ reason: "terminated", reasonRaw: "SchemaError: no id", error: { message: "SchemaError: no id" } });
  expect(decode(letter({ kind: "terminated" }))).toMatchObject({ reason: "terminated", reasonRaw: null, error: null });
  expect(decode(letter({ kind: "terminated", reason: "" }))).toMatchObject({ reason: "terminated", reasonRaw: null, error: null });
});

test("deliveries that are no count and a time that is none are left out; a domain changes nothing", () => {
  for (const deliveries of [-1, 1.5, Number.NaN, 2 ** 53]) expect(decode(letter({ deliveries })).attempts).toBeNull();
  for (const timestamp of ["", "1773480413123", "2026-03-14 09:26:53"]) expect(decode(letter({ timestamp })).lastFailedAt).toBeNull();
  expect(decode(letter({ timestamp: "2026-03-14T10:26:53.5+01:00", domain: "leaf" }))).toMatchObject({ lastFailedAt: "2026-03-14T09:26:53.500Z", consumer: { stream: "ORDERS", consumer: "billing" } });
});

test("a sequence beyond 2^53 keeps its last digit", () => {
  const large = letter();
  const sequence = "18446744073709551615";
  expect(decode({ ...large, native: { ...(large.native as NatsNative), sequence } })).toMatchObject({ origin: { sequence }, originalMessageId: "ord_9f2c" });
});

test("a message that is gone can not go back", () => {
  const gone = letter({ message: "gone" }, null);
  expect(decode(gone).origin).toEqual({ kind: "nats", stream: "ORDERS", sequence: "1042" });
  expect(plan(gone, "nats-advisory")).toMatchObject({ failedQueue: null, origin: null, notes: expect.arrayContaining(["content_gone"]) });
});

test("a message of a dead-letter stream tells of no death", () => {
  const plain = letter();
  expect(decode({ ...plain, native: { ...(plain.native as NatsNative), advisory: null } })).toMatchObject({ rule: "unknown", origin: null });
});
