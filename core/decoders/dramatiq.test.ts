import { expect, test } from "vitest";
import type { Captured } from "./decoder.ts";
import json from "./fixtures/dramatiq-rabbitmq-xq.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "dramatiq";
const { captured, expected, strip, targets } = sample(json);

const withBody = (body: string): Captured => ({ ...captured, body: new TextEncoder().encode(body) });
const freshBody = (body: string): string | null => {
  const bytes = plan(withBody(body), RULE).body;
  return bytes === null ? null : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
};

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  expect(form.originalTimestamp).toBe("2026-03-14T09:26:49.123Z");
  const resend = plan(captured, RULE);
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
  expect(resend.failedQueue).toEqual(targets[0]);
  expect(resend).toMatchObject({ set: [], notes: ["body_retry_counter_reset"] });
  expect(new TextDecoder().decode(resend.body ?? new Uint8Array())).toBe(
    '{"queue_name":"default","actor_name":"charge","args":["ord_9f2c"],"kwargs":{},"options":{},' +
      '"message_id":"d1e2f3a4-0b1c-4d2e-8f30-415263748596","message_timestamp":1773480409123}',
  );
});

test("nothing but the counters changes: numbers, order, repeats and white space stay", () => {
  const body = (options: string, queue: string) =>
    ` {"actor_name":"a", "args" :[12345678901234567890, 1.0, 1e400,"\\ud800",{"retries":9}],\t"__proto__":{"a":1},\n` +
    `"queue_name": ${queue}, "options": ${options}, "message_id":"m", "args":[]}\n`;
  expect(
    freshBody(
      body('{"max_retries": 3, "retries":2, "\\u0065ta":5, "time_limit":600000 , "traceback":"x" }', '"default.DQ"'),
    ),
  ).toBe(body('{"max_retries": 3, "time_limit":600000 }', '"default"'));
});

test("a repeated options object is cleared in every place, since readers differ in which they take", () => {
  expect(freshBody('{"actor_name":"a","message_id":"m","options":{"retries":1,"k":1},"options":{"eta":1}}')).toBe(
    '{"actor_name":"a","message_id":"m","options":{"k":1},"options":{}}',
  );
});

test("a body without counters stays as it is", () => {
  const body = '{"actor_name":"a","message_id":"m","queue_name":"default","options":{"k":1}}';
  expect(plan(withBody(body), RULE)).toMatchObject({ body: null, notes: [] });
  expect(decode(withBody(body))).toMatchObject({ rule: RULE, attempts: 1, error: null });
});

test.each(["", "[]", "not json", '{"actor_name":"a","message_id":"m"}', "{".repeat(100_000), "\u0000"])(
  "a body that is no message of Dramatiq leaves the death to RabbitMQ's rule",
  (body) => {
    expect(decode(withBody(body)).rule).toBe("rabbitmq-x-death");
    expect(plan(withBody(body), RULE).body).toBeNull();
  },
);

test("a chained traceback ends with the exception that reached Dramatiq", () => {
  const traceback =
    'Traceback (most recent call last):\n  File "a.py", line 1, in one\n    x()\nKeyError: 1\n\n' +
    "During handling of the above exception, another exception occurred:\n\n" +
    'Traceback (most recent call last):\n  File "a.py", line 2, in two\n    y()\n    ~^^\nshop.Declined: no\nfunds\n';
  const options = { retries: 1, traceback };
  const message = withBody(JSON.stringify({ actor_name: "a", message_id: "m", options }));
  expect(decode(message).error).toEqual({ type: "shop.Declined", message: "no", stack: traceback });
});
