import { expect, test } from "vitest";
import { routeDefinition } from "./definition.ts";
import { destinationKey } from "./destination-key.ts";

const keyOf = (destination: unknown): string => destinationKey(routeDefinition.parse({ destination }).destination);
const connectionId = "0193a000-0000-7000-8000-000000000001";

test("of an address only the origin counts, whatever path, template and spelling", () => {
  expect(keyOf({ kind: "http", url: "https://Shop.example/orders/{/order/id}?x={header:x}" })).toBe("http https://shop.example");
  expect(keyOf({ kind: "http", url: "https://shop.example:443" })).toBe("http https://shop.example");
  expect(keyOf({ kind: "http", url: "http://shop.example:8080?q=1" })).toBe("http http://shop.example:8080");
});

test("a target is the same in whatever order its fields were written", () => {
  const one = keyOf({ kind: "queue", connectionId, target: { kind: "rabbitmq", exchange: "", routingKey: "orders" } });
  expect(keyOf({ kind: "queue", connectionId, target: { routingKey: "orders", exchange: "", kind: "rabbitmq" } })).toBe(one);
  expect(one).toBe(`queue ${connectionId} {"exchange":"","kind":"rabbitmq","routingKey":"orders"}`);
});

test("a module is its file", () => {
  expect(keyOf({ kind: "module", file: "orders/reserve.ts" })).toBe("module orders/reserve.ts");
});
