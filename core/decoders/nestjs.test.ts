import { expect, test } from "vitest";
import type { Captured } from "./decoder.ts";
import json from "./fixtures/nestjs-rmq-nack.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "nestjs";
const { captured, expected, strip } = sample(json);
const bodied = (body: string): Captured => ({ ...captured, body: new TextEncoder().encode(body) });

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  const resend = plan(captured, RULE);
  expect(resend).toMatchObject({ failedQueue: { exchange: "", routingKey: "orders_queue" }, set: [], body: null, notes: [] });
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
});

test("a pattern may be an object, shown as it stands", () => {
  expect(decode(bodied('{"pattern":{"cmd":"charge","v":9007199254740993},"data":1}')).consumer).toEqual({ queue: "orders_queue", handler: '{"cmd":"charge","v":9007199254740993}' });
});

test("a request has an id, and whoever asked has left", () => {
  const request = bodied('{"pattern":"charge","data":{},"id":"5f9f6a0e"}');
  expect(decode(request)).toMatchObject({ rule: RULE, consumer: { handler: "charge" } });
  expect(plan(request, RULE).notes).toEqual(["reply_to_gone"]);
});

test.each(['{"pattern":"a"}', '{"data":1}', '{"pattern":7,"data":1}', '{"pattern":"a","data":1,"total":2}', '["pattern","data"]', '{"pattern":"","data":{}', `{"pattern":"${"a".repeat(400)}","data":1}`, "pattern data"])(
  "a body %s is no packet of Nest's",
  (body) => {
    expect(decode(bodied(body))).toMatchObject({ rule: "rabbitmq-x-death", consumer: { queue: "orders_queue" } });
  },
);

test("without a death of RabbitMQ's it tells of none", () => {
  expect(decode({ ...captured, headers: [] })).toMatchObject({ rule: "unknown", origin: null, consumer: {} });
});
