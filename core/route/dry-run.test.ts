import { expect, test } from "vitest";
import { text } from "../message/header.ts";
import type { Native } from "../message/native.ts";
import { routeDefinition, type RouteDefinitionInput } from "./definition.ts";
import { dryRun, type Supposed } from "./dry-run.ts";

const body = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const NATIVE: Native = { transport: "amqp-0.9.1", queue: "orders", exchange: "", routingKey: "orders", redelivered: false, properties: { contentType: "application/json" } };
const SAMPLE = { native: NATIVE, body: body({ order: { id: "A 1/2", lines: [1, 2] } }), headers: [text("Content-Type", "application/json"), text("x-tenant", "north"), text("traceparent", "00-1")] };
const REFUSED: Supposed = { status: "refused", code: "http_status", httpStatus: 503, type: null, message: "busy", tried: 1 };
const finds = (pattern: string, where: string) => where.includes(pattern);
const run = (definition: RouteDefinitionInput, supposed: Partial<Supposed> = {}, sample = SAMPLE) => dryRun(routeDefinition.parse(definition), sample, { ...REFUSED, ...supposed }, { finds, random: 0.5 });
const http = (over: object = {}) => ({ destination: { kind: "http" as const, url: "https://shop.example/orders/{/order/id}?t={header:x-tenant}", ...over } });

test("the request is what templates, passed headers and secrets' names make of the message", () => {
  const { request, destinationKey } = run(http({ headers: [{ name: "x-order", value: "no. {/order/id}" }], passHeaders: ["trace*"], bearer: "ROUTE_SHOP_TOKEN", body: { pointer: "/order/lines" } }));
  expect(destinationKey).toBe("http https://shop.example");
  expect(request?.url).toEqual({ value: "https://shop.example/orders/A%201%2F2?t=north" });
  expect(request?.headers).toEqual([
    { name: "user-agent", value: { value: "redrive" } },
    { name: "accept-encoding", value: { value: "identity" } },
    { name: "content-type", value: { value: "application/json" } },
    { name: "traceparent", value: { value: "00-1" } },
    { name: "x-order", value: { value: "no. A 1/2" } },
    { name: "authorization", value: { value: "Bearer ${ROUTE_SHOP_TOKEN}" } },
    { name: "webhook-id", value: { value: "${message id}" } },
    { name: "webhook-timestamp", value: { value: "${time}" } },
    { name: "redrive-attempt", value: { value: "1" } },
    { name: "redrive-route", value: { value: "${route}" } },
  ]);
  expect(request?.body).toEqual({ value: new TextEncoder().encode("[1,2]") });
});

test("what can not be made of a message says at which place, each part for itself", () => {
  const broken = http({ body: { pointer: "/nothing" }, headers: [{ name: "host", value: "x" }, { name: "x-tenant", value: "{header:x-tenant}" }], passHeaders: ["x-*"], signWith: ["ROUTE_KEY"] });
  const { request } = run(broken, {}, { native: NATIVE, body: body({ order: {} }), headers: [text("x-a", "1\r\nx-b: 2"), text("x-é", "1")] });
  const told = new Map(request?.headers.map(({ name, value }) => [name, value]));
  expect(told.get("host")).toEqual({ problem: expect.stringContaining("HTTP itself") });
  expect(told.get("x-tenant")).toEqual({ problem: expect.stringContaining("no header x-tenant") });
  expect(told.get("x-a")).toEqual({ problem: expect.stringContaining("line break") });
  expect(told.get("x-é")).toEqual({ problem: expect.stringContaining("no name") });
  expect(told.get("webhook-signature")).toEqual({ problem: expect.stringContaining("/nothing") });
  expect(told.get("redrive-route")).toEqual({ value: "${route}" });
  expect(request?.url).toEqual({ problem: expect.stringContaining("/order/id") });
  expect(request?.body).toEqual({ problem: expect.stringContaining("/nothing") });
});

test("the rule that decides is told, the route's own before the table", () => {
  expect(run(http()).decision).toMatchObject({ to: "retrying", decidedBy: "status 503", delayMs: 500 });
  expect(run({ ...http(), rules: [{ pattern: "busy", verdict: "dead" }] }).decision).toEqual({ to: "dead", cause: "not_retryable", decidedBy: "rule 1" });
  expect(run(http(), { httpStatus: 422 }).decision).toMatchObject({ to: "dead", cause: "not_retryable", decidedBy: "status 422" });
  expect(run(http(), { tried: 8 }).decision).toMatchObject({ to: "dead", cause: "exhausted" });
  expect(run({ ...http(), whenUnknown: "dead" }, { status: "unknown", code: "timeout", httpStatus: null }).decision).toMatchObject({ cause: "unknown_outcome" });
});

test("other destinations get the message as it is", () => {
  expect(run({ destination: { kind: "module", file: "a.ts" } })).toMatchObject({ request: null, tries: 8 });
});
