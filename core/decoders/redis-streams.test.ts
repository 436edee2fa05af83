import fc from "fast-check";
import { expect, test } from "vitest";
import { text, type Header } from "../message/header.ts";
import type { RedisStreamNative } from "../message/native.ts";
import { stringMapOf, stringMapWith } from "../message/string-map.ts";
import type { Captured } from "./decoder.ts";
import fatal from "./fixtures/redis-streams-xnack-fatal.json" with { type: "json" };
import symfony from "./fixtures/symfony-messenger-amqp.json" with { type: "json" };
import wolverine from "./fixtures/wolverine-redis-dead-letter.json" with { type: "json" };
import { decode, plan } from "./index.ts";

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

function entry(queue: string, fields: readonly string[], bodyField: string, pending: RedisStreamNative["pending"] = null): Captured {
  const pairs = fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? ""] as const] : []));
  const at = pairs.findIndex(([name]) => name === bodyField);
  return {
    headers: pairs.filter((_, index) => index !== at).map(([name, value]) => text(name, value)),
    body: bytes(pairs[at]?.[1] ?? ""),
    native: { transport: "redis-stream", queue, entryId: "1773480413123-0", body: at < 0 ? null : { field: bodyField, at }, pending },
  };
}

test("the sample of Wolverine: its origin is told, and no place to resend to is guessed", () => {
  const captured = entry(wolverine.message.stream, (wolverine.message.entry[1] ?? []) as string[], "envelope");
  const { expected } = wolverine;
  expect(decode(captured)).toMatchObject({ rule: "wolverine-redis", origin: { kind: "redis-stream", queue: expected.originDestination.key }, originalMessageId: expected.originalMessageId, reason: expected.deathReason, attempts: expected.attempts, lastFailedAt: expected.lastFailedAt, error: expected.error, consumer: expected.consumer });
  expect(plan(captured, "wolverine-redis")).toMatchObject({ failedQueue: null, origin: null, strip: [], body: null });
});

test("the sample of XNACK FATAL", () => {
  const [row] = fatal.message.xpending as [[string, string, number, string]];
  const captured = entry(fatal.message.stream, (fatal.message.entry[1] ?? []) as string[], "payload", { group: fatal.message.group, consumer: row[1], idleMs: row[2], deliveries: row[3] });
  expect(decode(captured)).toMatchObject({ rule: "redis-stuck", reason: fatal.expected.deathReason, reasonRaw: fatal.expected.deathReasonRaw, attempts: null, consumer: { group: "billing" } });
  expect(plan(captured, "redis-stuck").failedQueue).toEqual({ kind: "redis-stream", key: fatal.resend.to.key });
});

test("Symfony's failure transport: the stamps stand inside the body and are taken out there", () => {
  const stamps = Object.fromEntries(symfony.message.headers.flatMap(({ name, v }) => (typeof v === "string" ? [[name, v]] : [])));
  const body = JSON.stringify({ body: '{"order":12345678901234567890}', headers: stamps });
  const captured = entry("failed", ["message", body], "message");
  const { expected } = symfony;
  expect(decode(captured)).toMatchObject({ rule: "symfony-redis", origin: { kind: "redis-stream", receiver: "async" }, reason: "retries_exhausted", attempts: expected.attempts, error: expected.error, firstFailedAt: expected.firstFailedAt, lastFailedAt: expected.lastFailedAt });
  const resend = plan(captured, "symfony-redis");
  const left = JSON.parse(new TextDecoder().decode(resend.body ?? new Uint8Array())) as { body: string; headers: Record<string, string> };
  expect(left.body).toBe('{"order":12345678901234567890}');
  expect(Object.keys(left.headers).filter((name) => /(SentToFailureTransport|Redelivery|ErrorDetails|Delay)Stamp$/.test(name))).toEqual([]);
  expect(left.headers["type"]).toBe(stamps["type"]);
  expect(decode({ ...captured, body: resend.body ?? new Uint8Array() }).rule).toBe("unknown");
});

/** As vmihailenco/msgpack writes a map of short texts. */
function packed(map: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(map).flat().map((word) => {
    const utf8 = Buffer.from(word);
    const head = utf8.length < 32 ? [0xa0 | utf8.length] : utf8.length < 256 ? [0xd9, utf8.length] : [0xda, utf8.length >> 8, utf8.length & 255];
    return Buffer.concat([Buffer.from(head), utf8]);
  });
  const count = Object.keys(map).length;
  return Buffer.concat([Buffer.from(count < 16 ? [0x80 | count] : [0xde, count >> 8, count & 255]), ...parts]);
}

test("Watermill's poison queue: what it wrote into the metadata is read and taken out of it", () => {
  const metadata = { correlation_id: "c-1", reason_poisoned: "card declined", topic_poisoned: "orders", handler_poisoned: "charge", subscriber_poisoned: "redisstream.Subscriber", tenant: "berlin" };
  const headers: Header[] = [text("_watermill_message_uuid", "u-1"), { name: "metadata", value: { t: "bytes", v: packed(metadata).toString("base64") } }];
  const captured: Captured = { headers, body: bytes('{"order":1}'), native: { transport: "redis-stream", queue: "orders.poison", entryId: "1-1", body: { field: "payload", at: 2 }, pending: null } };
  expect(decode(captured)).toMatchObject({ rule: "watermill-redis", origin: { kind: "redis-stream", queue: "orders" }, originalMessageId: "u-1", reason: "handler_error", reasonRaw: "card declined", error: { message: "card declined" }, correlationId: "c-1", consumer: { handler: "charge", subscriber: "redisstream.Subscriber" } });
  const resend = plan(captured, "watermill-redis");
  expect(resend).toMatchObject({ failedQueue: { kind: "redis-stream", key: "orders" }, strip: [], notes: ["every_subscriber"] });
  expect(resend.set).toEqual([{ name: "metadata", value: { t: "bytes", v: packed({ correlation_id: "c-1", tenant: "berlin" }).toString("base64") } }]);
});

test("a map of texts keeps its bytes, and anything else is none", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string({ maxLength: 400 }), { maxKeys: 30 }), (map) => {
      const made = packed(map);
      const entries = stringMapOf(made) ?? [];
      expect(entries.map(({ key, value }) => [key, value])).toEqual(Object.entries(map).map((pair) => pair.map((word) => Buffer.from(word).toString())));
      expect(stringMapOf(stringMapWith(made, entries))?.length).toBe(entries.length);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => void stringMapOf(any)));
  expect(stringMapOf(Buffer.from([0x81, 0xa1, 0x61, 0x01]))).toBeNull();
  expect(stringMapOf(Buffer.from([0xdf, 255, 255, 255, 255]))).toBeNull();
});
