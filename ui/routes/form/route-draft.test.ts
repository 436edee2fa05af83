import { expect, test } from "vitest";
import { routeDefinition } from "#core/route/definition.ts";
import { readDraft } from "./route-definition-of.ts";
import { draftOf, newDraft, type RouteDraft } from "./route-draft.ts";

const connectionId = "0193a000-0000-7000-8000-000000000001";
const target = { kind: "rabbitmq", exchange: "shop", routingKey: "orders" } as const;

const EVERYTHING = routeDefinition.parse({
  destination: {
    kind: "http",
    url: "https://shop.example/orders/{/id}",
    method: "PUT",
    headers: [{ name: "x-tenant", value: "{header:tenant}" }],
    passHeaders: ["traceparent", "x-*"],
    body: { pointer: "/order" },
    headTimeoutMs: 1_500,
    timeoutMs: 20_000,
    signWith: ["ROUTE_SHOP_SECRET", "ROUTE_SHOP_SECRET_OLD"],
    bearer: "ROUTE_SHOP_TOKEN",
    allowPrivate: ["10.0.0.0/8"],
  },
  retry: { maxAttempts: 5, maxAgeSeconds: 3_600, baseMs: 250, factor: 1.5, capMs: 30_000, jitter: "decorrelated" },
  rules: [{ status: "4xx", verdict: "dead" }, { code: "timeout", type: "X", pattern: "a+", verdict: "retry" }],
  guard: { key: { by: "pointer", pointer: "/id" }, missing: "dead", store: { kind: "redis", connectionId }, ttlSeconds: 60 },
  limits: { perSecond: 10, inFlight: 4, waiting: 100, whenFull: "dead" },
  breaker: { failureShare: 0.25, of: 10, openSeconds: 5 },
  ordered: { by: "header", name: "x-order" },
  whenUnknown: "dead",
  keepBody: "until_delivered",
  deadLetterTo: { connectionId, target },
});

test("a definition comes out of its form as it went in", () => {
  const others = [
    { destination: { kind: "queue", connectionId, target } },
    { destination: { kind: "queue", connectionId, target: { kind: "kafka", topic: "orders", partition: 3 } } },
    { destination: { kind: "queue", connectionId, target: { kind: "nats", subject: "orders.new", delivery: "at_most_once" } } },
    { destination: { kind: "queue", connectionId, target: { kind: "nats", subject: "orders.new", stream: "ORDERS" } } },
    { destination: { kind: "queue", connectionId, target: { kind: "redis-list", key: "orders", end: "right" } } },
    { destination: { kind: "module", file: "orders/reserve.ts" }, breaker: null, guard: { key: { by: "broker_id" }, store: { kind: "postgres" } } },
  ].map((each) => routeDefinition.parse(each));
  for (const definition of [EVERYTHING, ...others]) expect(readDraft(draftOf("orders", definition))).toEqual({ definition, wrong: new Map() });
});

const wrongIn = (over: Partial<RouteDraft>) => Object.fromEntries(readDraft({ ...draftOf("orders", EVERYTHING), ...over }).wrong);

test("what is wrong is told by field", () => {
  const { http, retry, limits, breaker, guard, place } = draftOf("orders", EVERYTHING);
  expect(wrongIn({ name: " " })).toEqual({ name: { code: "required" } });
  expect(wrongIn({ name: "a/b" })).toEqual({ name: { code: "form" } });
  expect(wrongIn({ http: { ...http, url: "ftp://x", timeout: "many", signWith: "lower" } })).toEqual({
    "destination.url": { code: "form" },
    "destination.timeoutMs": { code: "number" },
    "destination.signWith.0": { code: "form" },
  });
  expect(wrongIn({ retry: { ...retry, maxAttempts: "0", factor: "11", base: "" } })).toEqual({
    "retry.maxAttempts": { code: "min", bound: 1 },
    "retry.factor": { code: "max", bound: 10 },
    "retry.baseMs": { code: "number" },
  });
  expect(wrongIn({ limits: { ...limits, inFlight: "1.5" }, breaker: { ...breaker, share: "120" } })).toMatchObject({ "breaker.failureShare": { code: "max", bound: 1 }, "limits.inFlight": expect.anything() });
  expect(wrongIn({ guard: { ...guard, pointer: "id" } })).toEqual({ "guard.key.pointer": { code: "form" } });
  expect(wrongIn({ rules: [{ id: "1", status: "", code: "", type: "", pattern: "", verdict: "dead" }] })).toEqual({ "rules.0": { code: "form" } });
  expect(wrongIn({ kind: "queue", place: { ...place, connectionId, kind: "rabbitmq", fields: {} } })).toEqual({ "destination.target": { code: "required" } });
  expect(wrongIn({ kind: "queue", place: { ...place, connectionId: "", kind: "kafka", fields: {} } })).toMatchObject({ "destination.connectionId": { code: "form" }, "destination.target.topic": expect.anything() });
});

test("a new draft lacks a name and an address, and nothing else", () => {
  expect([...readDraft(newDraft()).wrong.keys()].toSorted()).toEqual(["destination.url", "name"]);
  expect(readDraft({ ...newDraft(), name: "x", http: { ...newDraft().http, url: "https://a.example" } }).definition).toEqual(routeDefinition.parse({ destination: { kind: "http", url: "https://a.example" } }));
});
