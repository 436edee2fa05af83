import { text, type Header, type TypedValue } from "#core/message/header.ts";

type Told = { queue: string; exchange?: string; routingKey?: string; reason?: string; count?: number; at?: Date };

const word = (v: string): TypedValue => ({ t: "text", v });

/** What RabbitMQ writes into the headers of a message that it dead-letters from `queue`. */
export function deathHeaders({ queue, exchange = "", routingKey = queue, reason = "rejected", count = 1, at = new Date() }: Told): Header[] {
  const entry: TypedValue = {
    t: "table",
    v: [
      { name: "count", value: { t: "int64", v: String(count) } },
      { name: "reason", value: word(reason) },
      { name: "queue", value: word(queue) },
      { name: "time", value: { t: "timestamp", v: String(Math.floor(at.getTime() / 1000)) } },
      { name: "exchange", value: word(exchange) },
      { name: "routing-keys", value: { t: "array", v: [word(routingKey)] } },
    ],
  };
  return [
    { name: "x-death", value: { t: "array", v: [entry] } },
    text("x-first-death-exchange", exchange),
    text("x-first-death-queue", queue),
    text("x-first-death-reason", reason),
    text("x-last-death-exchange", exchange),
    text("x-last-death-queue", queue),
    text("x-last-death-reason", reason),
  ];
}
