import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stampsIn, withStamps } from "../message/list-envelope.ts";
import { stamped } from "../lineage.ts";
import type { RedisListNative } from "../message/native.ts";
import type { Captured } from "./decoder.ts";
import bullmq from "./fixtures/bullmq-failed.json" with { type: "json" };
import processing from "./fixtures/redis-list-processing.json" with { type: "json" };
import sidekiq from "./fixtures/sidekiq-dead.json" with { type: "json" };
import { decode, plan } from "./index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const textOf = (body: Uint8Array | null): string | null => (body === null ? null : new TextDecoder().decode(body));

const list = (queue: string, envelope: RedisListNative["envelope"], body: string | Uint8Array, more: Partial<RedisListNative> = {}): Captured => ({
  headers: [],
  body: typeof body === "string" ? bytes(body) : body,
  native: { transport: "redis-list", queue, envelope, id: null, score: null, fields: [], ...more },
});
const fieldsOf = (hash: Readonly<Record<string, string>>, body: string) => Object.entries(hash).flatMap(([name, value]) => (name === body ? [] : [{ name, value: base64(value) }]));
const target = (key: string, end: "left" | "right" = "left") => ({ kind: "redis-list", key, end });
const same = ({ expected }: { expected: Record<string, unknown> }) => ({
  originalMessageId: expected["originalMessageId"],
  reason: expected["deathReason"],
  reasonRaw: expected["deathReasonRaw"],
  attempts: expected["attempts"],
  firstFailedAt: expected["firstFailedAt"],
  lastFailedAt: expected["lastFailedAt"],
  error: expected["error"],
  consumer: expected["consumer"] ?? {},
});

describe("BullMQ", () => {
  const { zset, hash } = bullmq.message;
  const captured = list(zset.key, "bullmq", hash.fields.data, { id: zset.member, score: zset.score, fields: fieldsOf(hash.fields, "data") });

  test("the sample", () => {
    expect(decode(captured)).toMatchObject({ rule: "bullmq", ...same(bullmq), origin: { kind: "redis-list", queue: "orders" }, originalTimestamp: "2026-03-14T09:26:49.123Z" });
    expect(plan(captured, "bullmq")).toMatchObject({ failedQueue: target("bull:orders:wait"), body: null, strip: [], notes: ["header_retry_counter_reset"] });
  });

  test("given up before its attempts were used, stalled, or gone", () => {
    const said = (fields: Readonly<Record<string, string>>) => decode(list(zset.key, "bullmq", "{}", { id: "1", fields: fieldsOf(fields, "data") }));
    expect(said({ opts: '{"attempts":5}', atm: "1", failedReason: "no such card" })).toMatchObject({ reason: "handler_error", attempts: 1, error: { type: null, message: "no such card", stack: null } });
    expect(said({ attemptsMade: "1", failedReason: "job stalled more than allowable limit" })).toMatchObject({ reason: "abandoned", attempts: 1 });
    const gone = list(zset.key, "bullmq", "", { id: "1", gone: true });
    expect(decode(gone)).toMatchObject({ rule: "bullmq", reason: "unknown", error: null });
    expect(plan(gone, "bullmq").notes).toContain("content_gone");
  });

  test("a prefix with colons", () => {
    expect(plan(list("{shop}:jobs:orders:failed", "bullmq", "{}", { id: "1" }), "bullmq").failedQueue).toEqual(target("{shop}:jobs:orders:wait"));
  });
});

describe("Sidekiq", () => {
  const captured = list("dead", "sidekiq", sidekiq.message.zset.member, { score: sidekiq.message.zset.score });

  test("the sample", () => {
    expect(decode(captured)).toMatchObject({ rule: "sidekiq", ...same(sidekiq), origin: { kind: "redis-list", queue: "default" } });
    const resend = plan(captured, "sidekiq");
    expect(resend).toMatchObject({ failedQueue: target("queue:default"), strip: [], notes: ["body_retry_counter_reset"] });
    expect(textOf(resend.body)).toBe('{"retry": 5, "queue": "default", "class": "ChargeWorker", "args": ["ord_9f2c"], "jid": "b4a577edbccf1d805744efa9", "created_at": 1773480409123, "enqueued_at": 1773480409123, "backtrace": true}');
    const member = JSON.parse(sidekiq.message.zset.member) as Record<string, unknown>;
    const left = JSON.parse(textOf(resend.body) ?? "") as Record<string, unknown>;
    const stripped = sidekiq.resend.strip.map((entry) => entry.replace(/ \(.*\)$/, "")).filter((name) => name in member);
    expect(Object.keys(member).filter((name) => !(name in left)).toSorted()).toEqual(stripped.toSorted());
  });

  test("seconds with a fraction, and an open backtrace, of older versions; a namespace", () => {
    const job = '{"class":"W","args":[],"jid":"j","queue":"low","failed_at":1773480413.1239,"retry_count":0,"error_class":"E","error_message":"m","error_backtrace":["a","b"]}';
    const old = list("shop:retry", "sidekiq", job);
    expect(decode(old)).toMatchObject({ reason: "handler_error", attempts: 1, firstFailedAt: "2026-03-14T09:26:53.124Z", lastFailedAt: "2026-03-14T09:26:53.124Z", error: { stack: "a\nb" } });
    expect(plan(old, "sidekiq").failedQueue).toEqual(target("shop:queue:low"));
  });

  test("a job that did not fail is nobody's dead letter", () => {
    expect(decode(list("queue:low", "plain", '{"class":"W","args":[],"jid":"j","queue":"low"}')).rule).toBe("unknown");
  });
});

describe("RQ", () => {
  const traceback = 'Traceback (most recent call last):\n  File "/app/tasks.py", line 7, in charge\n    raise CardDeclined("no")\ntasks.CardDeclined: no\n';
  const hash = { created_at: "2026-03-14T09:26:49.123456Z", origin: "default", description: "tasks.charge('ord_9f2c')", ended_at: "2026-03-14T09:26:53.123456Z", status: "failed", worker_name: "w1" };
  const packed = deflateSync(Buffer.from(traceback));

  test.each([
    ["in its newest result", { name: "results/exc_string", value: base64(packed.toString("base64")) }],
    ["packed in its hash", { name: "exc_info", value: packed.toString("base64") }],
    ["open in its hash", { name: "exc_info", value: base64(traceback) }],
  ])("the traceback %s", (_where, field) => {
    const captured = list("rq:failed:default", "rq", deflateSync(Buffer.from([0x80, 4, 0x95])), { id: "job-1", fields: [...fieldsOf(hash, "data"), field] });
    expect(decode(captured)).toMatchObject({
      rule: "rq",
      origin: { kind: "redis-list", queue: "default" },
      originalMessageId: "job-1",
      reason: "handler_error",
      lastFailedAt: "2026-03-14T09:26:53.123Z",
      originalTimestamp: "2026-03-14T09:26:49.123Z",
      error: { type: "tasks.CardDeclined", message: "no", stack: traceback },
      consumer: { queue: "default", handler: "tasks.charge", worker: "w1" },
    });
    expect(plan(captured, "rq")).toMatchObject({ failedQueue: target("rq:queue:default", "right"), body: null, notes: [] });
  });
});

describe("Dramatiq", () => {
  const body = '{"queue_name":"default","actor_name":"charge","args":[1],"kwargs":{},"options":{"redis_message_id":"r1","retries":2,"traceback":"x","eta":1},"message_id":"m1","message_timestamp":1773480409123}';
  test("a message of its dead set begins anew and keeps the id under which it is acknowledged", () => {
    const captured = list("dramatiq:default.XQ", "dramatiq", body, { id: "r1", score: "1773480413123" });
    expect(decode(captured)).toMatchObject({ rule: "dramatiq", origin: { kind: "redis-list", queue: "default" }, originalMessageId: "m1", reason: "retries_exhausted", attempts: 3, lastFailedAt: "2026-03-14T09:26:53.123Z", consumer: { queue: "default", handler: "charge" } });
    const resend = plan(captured, "dramatiq");
    expect(resend).toMatchObject({ failedQueue: target("dramatiq:default", "right"), notes: ["body_retry_counter_reset"] });
    expect(JSON.parse(textOf(resend.body) ?? "")).toMatchObject({ options: { redis_message_id: "r1" } });
    expect(textOf(resend.body)).not.toMatch(/retries|traceback|eta/);
  });
});

describe("Celery", () => {
  const body = '{"body":"W1tdLCB7fSwge31d","content-encoding":"utf-8","content-type":"application/json","headers":{"lang":"py","task":"shop.charge","id":"t1","retries":3,"expires":null},"properties":{"correlation_id":"t1","delivery_info":{"exchange":"","routing_key":"billing"},"delivery_tag":"d1","body_encoding":"base64"}}';
  test("a task goes back to the queue it was sent to, its counter set back", () => {
    const captured = list("billing:dead", "celery", body);
    expect(decode(captured)).toMatchObject({ rule: "celery-redis", origin: { kind: "redis-list", queue: "billing" }, originalMessageId: "t1", attempts: 3, correlationId: "t1", consumer: { queue: "billing", handler: "shop.charge" } });
    const resend = plan(captured, "celery-redis");
    expect(resend).toMatchObject({ failedQueue: target("billing"), notes: ["target_guessed", "body_retry_counter_reset"] });
    expect(textOf(resend.body)).toBe(body.replace('"retries":3', '"retries":0'));
  });
});

describe("a list of one's own", () => {
  test("the sample: left in a processing list", () => {
    const { processing: key, element } = processing.message;
    const captured = list(key, "plain", element);
    expect(decode(captured)).toMatchObject({ rule: "redis-list", ...same(processing), origin: { kind: "redis-list", queue: "orders" } });
    expect(plan(captured, "redis-list")).toMatchObject({ failedQueue: target("orders"), body: null, notes: ["target_guessed", "no_headers"] });
  });

  test("pointers tell where the error, the queue and the id are, also around a payload that was cut out", () => {
    const element = '{"id":7,"why":{"text":"CardDeclined: no","at":1773480413.5,"tries":4},"from":"orders","message":{"order":1}}';
    const pointers = { id: "/id", error: "/why/text", failedAt: "/why/at", attempts: "/why/tries", queue: "/from", payload: "/message" };
    const whole = list("orders:dead", "plain", element, { pointers });
    const cut = list("orders:dead", "plain", '{"order":1}', { pointers, wrapper: base64(element) });
    for (const captured of [whole, cut])
      expect(decode(captured)).toMatchObject({ rule: "redis-list", origin: { queue: "orders" }, originalMessageId: "7", attempts: 4, lastFailedAt: "2026-03-14T09:26:53.500Z", error: { type: "CardDeclined", message: "no" }, reason: "handler_error" });
    expect(plan(cut, "redis-list")).toMatchObject({ failedQueue: target("orders"), notes: ["no_headers"] });
    expect(plan({ ...cut, native: { ...(cut.native as RedisListNative), pointers: { ...pointers, headers: "/message" } } }, "redis-list").notes).toEqual([]);
  });

  test("an element nobody can read stays unknown", () => {
    for (const body of ["", "plain text", "[1]", '{"order":1}', "\u0000"]) expect(decode(list("orders:dead", "plain", body, { pointers: { error: "/error" } })).rule).toBe("unknown");
  });
});

const STAMP = { messageId: "0197f2a0-4d53-7d62-8f3a-0a3f5b6c7d01", count: 2, origin: "redis/orders:dead" };

test("a stamp is written into the object that has a place for it, and into nothing else", () => {
  const place = list("orders:dead", "plain", "", { pointers: { headers: "" } }).native as RedisListNative;
  const headers = stamped([], STAMP);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2), (object, indent) => {
      const body = bytes(JSON.stringify(object, null, indent));
      const once = withStamps(place, body, headers);
      expect(stampsIn(place, once)).toEqual(headers);
      expect(withStamps(place, once, headers)).toEqual(once);
      const { "redrive-id": id, "redrive-count": count, "redrive-origin": origin, ...rest } = JSON.parse(textOf(once) ?? "") as Record<string, unknown>;
      expect([id, count, origin]).toEqual([STAMP.messageId, "2", STAMP.origin]);
      expect(rest).toEqual(JSON.parse(textOf(body) ?? ""));
    }),
  );
  for (const body of ["[]", "text", "", "{"]) expect(textOf(withStamps(place, bytes(body), headers))).toBe(body);
});

test("no element can stop a decoder", () => {
  const envelopes = fc.constantFrom("plain" as const, "celery", "sidekiq", "dramatiq", "rq", "bullmq");
  const words = fc.oneof(fc.string(), fc.constantFrom("0", "[]", '["x"]', "{}", "eJwDAAAAAAE=", "a: b"));
  const json = fc.dictionary(fc.constantFrom("class", "args", "jid", "queue", "error_class", "error_backtrace", "failed_at", "headers", "properties", "options", "actor_name", "message_id", "__proto__"), fc.jsonValue()).map((value) => bytes(JSON.stringify(value)));
  const fields = fc.array(fc.record({ name: fc.constantFrom("atm", "opts", "stacktrace", "failedReason", "exc_info", "results/exc_string", "ended_at", "origin"), value: words.map(base64) }));
  const pointers = fc.record({ error: fc.constantFrom("", "/error", "/0", "/a~1b"), failedAt: fc.constantFrom("/failed_at", "/x") });
  fc.assert(
    fc.property(envelopes, fc.constantFrom("dead", "bull:q:failed", "rq:failed:q", "dramatiq:q.XQ", "q:processing", ".XQ", ":failed"), fc.oneof(fc.uint8Array(), json), fields, pointers, (envelope, queue, body, given, where) => {
      const captured = list(queue, envelope, body, { id: "1", fields: given, pointers: where });
      const form = decode(captured);
      expect(decode(captured)).toEqual(form);
      expect(plan(captured, form.rule).failedQueue).not.toMatchObject({ key: queue });
    }),
    { numRuns: 500 },
  );
});
