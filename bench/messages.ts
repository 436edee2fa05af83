import { createHash } from "node:crypto";
import { deathHeaders } from "#test/factories/death-headers.ts";
import type { NewDeath } from "#db/queries/capture.ts";
import { toNewDeath } from "#workers/duties/new-death.ts";

/** Bytes of every body. */
export const BODY_BYTES = 1024;
/** Digits of the number that begins every body, behind `{"n":"`. */
const DIGITS = 9;
const START = 6;

const QUEUES = ["payments", "mail", "invoices", "stock"];
const EXCHANGE = "shop";

/** The number every message carries in its body, by which it is found again. */
export const idOf = (n: number): string => String(n).padStart(DIGITS, "0");

/** The id in a body's bytes, as an expression of SQL. */
export const ID_IN_SQL = `convert_from(substr(bytes, ${START + 1}, ${DIGITS}), 'utf8')`;

export const idIn = (body: Buffer): string => body.toString("utf8", START, START + DIGITS);

/** JSON of exactly BODY_BYTES: the id, and an order as a shop might write it. */
export function bodyOf(n: number): Buffer {
  const order = { n: idOf(n), customer: `customer-${n % 977}`, amount: n % 10_007, currency: "EUR", note: "" };
  const short = JSON.stringify(order).length;
  return Buffer.from(JSON.stringify({ ...order, note: fill(n, BODY_BYTES - short) }));
}

/** Text that no two messages share and that does not compress to nothing. */
function fill(n: number, length: number): string {
  let text = "";
  for (let part = 0; text.length < length; part++) text += createHash("sha256").update(`${n}/${part}`).digest("base64url");
  return text.slice(0, length);
}

/** amqplib's spelling of the headers RabbitMQ writes when a message was rejected from `queue`. */
function amqpHeaders(queue: string): Record<string, unknown> {
  const at = { "!": "timestamp", value: Math.floor(Date.now() / 1000) };
  const entry = { count: { "!": "long", value: 1 }, reason: "rejected", queue, time: at, exchange: EXCHANGE, "routing-keys": [queue] };
  return {
    "x-death": [entry],
    "x-first-death-exchange": EXCHANGE,
    "x-first-death-queue": queue,
    "x-first-death-reason": "rejected",
    "x-last-death-exchange": EXCHANGE,
    "x-last-death-queue": queue,
    "x-last-death-reason": "rejected",
  };
}

/** How a message is published: as one that was rejected from `failedIn`, or else from one of a shop's queues. */
export const publishOptions = (n: number, failedIn: string | null) => ({
  persistent: true,
  contentType: "application/json",
  messageId: `message-${n}`,
  headers: amqpHeaders(failedIn ?? (QUEUES[n % QUEUES.length] as string)),
});

/** The row a capture from `queue` makes of it, decoded beforehand. */
export function decodedRow(n: number, queue: string, failedIn: string | null = null): NewDeath {
  const failed = failedIn ?? (QUEUES[n % QUEUES.length] as string);
  const hash = createHash("sha256").update(idOf(n)).digest("base64url");
  return toNewDeath(
    {
      identity: { kind: "content", hash, redelivered: false },
      body: bodyOf(n),
      headers: deathHeaders({ queue: failed, exchange: EXCHANGE, routingKey: failed }),
      native: {
        transport: "amqp-0.9.1",
        queue,
        exchange: "",
        routingKey: queue,
        redelivered: false,
        properties: { contentType: "application/json", deliveryMode: 2, messageId: `message-${n}` },
      },
    },
    queue,
  );
}

/** One hash over ids in order: equal ledgers, equal sets. */
const ledgerOf = (ids: readonly string[]): string => {
  const hash = createHash("sha256");
  for (const id of ids.toSorted()) hash.update(`${id},`);
  return `${ids.length} ${hash.digest("hex")}`;
};

/** Throws unless exactly the expected ids were found, each once; names some that are missing or too many. */
export function checkLedger(leg: string, from: number, count: number, found: readonly string[]): void {
  const expected = Array.from({ length: count }, (_, i) => idOf(from + i));
  if (ledgerOf(found) === ledgerOf(expected)) return;
  const [wanted, got] = [new Set(expected), new Set(found)];
  const missing = expected.filter((id) => !got.has(id));
  const extra = found.filter((id, i) => !wanted.has(id) || found.indexOf(id) !== i);
  throw new Error(`${leg}: ${found.length} of ${count}; missing ${missing.slice(0, 5).join(" ")}; too many ${extra.slice(0, 5).join(" ")}`);
}
