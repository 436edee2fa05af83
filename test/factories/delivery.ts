import { randomUUID } from "node:crypto";
import type { Native } from "#core/message/raw.ts";
import type { Delivery } from "#workers/destinations/destination.ts";

const NATIVE: Native = {
  transport: "amqp-0.9.1",
  queue: "orders",
  exchange: "",
  routingKey: "orders",
  redelivered: false,
  properties: { contentType: "application/json" },
};

/** A first try at a message from RabbitMQ; whatever is given instead. */
export const delivery = (given: Partial<Omit<Delivery, "body">> & { readonly body?: Uint8Array | string } = {}): Delivery => ({
  messageId: randomUUID(),
  attemptId: randomUUID(),
  attempt: 1,
  route: "orders to shop",
  receivedAt: new Date(),
  headers: [],
  native: NATIVE,
  ...given,
  body: typeof given.body === "string" ? new TextEncoder().encode(given.body) : (given.body ?? new TextEncoder().encode('{"id":12345678901234567890}')),
});
