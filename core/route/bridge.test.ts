import { expect, test } from "vitest";
import { text, type Header } from "../message/header.ts";
import type { Captured } from "../decoders/decoder.ts";
import { bridgedHeaders } from "./bridge.ts";

const headers: Header[] = [
  text("tenant", "acme"),
  { name: "amount", value: { t: "int64", v: "12345678901234567890" } },
  { name: "rate", value: { t: "float64", v: "3ff8000000000000" } },
  { name: "latin", value: { t: "rawtext", v: "6Q==" } },
  { name: "tags", value: { t: "array", v: [{ t: "text", v: "a" }, { t: "int32", v: "1" }] } },
  { name: "none", value: { t: "void" } },
  { name: "x-death", value: { t: "array", v: [] } },
];
const captured: Captured = {
  headers,
  body: new Uint8Array(),
  native: { transport: "amqp-0.9.1", queue: "orders", exchange: "", routingKey: "orders", redelivered: false, properties: {} },
};

test("within one kind of broker headers go on type for type, without the broker's own history", () => {
  expect(bridgedHeaders(captured, "rabbitmq")).toEqual(headers.slice(0, -1));
});

test("to another kind they go as text or bytes, every digit kept", () => {
  expect(bridgedHeaders(captured, "kafka")).toEqual([
    text("tenant", "acme"),
    text("amount", "12345678901234567890"),
    text("rate", "1.5"),
    { name: "latin", value: { t: "bytes", v: "6Q==" } },
    text("tags", '["a",1]'),
    text("none", ""),
  ]);
});
