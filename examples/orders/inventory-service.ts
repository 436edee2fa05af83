// The inventory service: node inventory-service.ts <database file> [port]. Prints `ready <port>`.
// POST /reservations takes an order; PUT /fault/<fault> makes it fail from now on; GET / tells the state.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import type { OrderPlaced } from "./order-service.ts";

/** `fail`: 503. `hang`: no answer. `drop`: it reserves, and the answer is lost, which looks the same as `hang` from outside. */
type Fault = "none" | "fail" | "hang" | "drop";
let fault: Fault = "none";

const db = new DatabaseSync(process.argv[2] ?? ":memory:");
db.exec(`
  pragma journal_mode = wal;
  create table if not exists stock (sku text primary key, available integer not null);
  insert or ignore into stock values ('espresso-cup', 100000), ('desk-lamp', 100000), ('wool-blanket', 100000);
  create table if not exists reservations (webhook_id text primary key, order_id text not null, sku text not null, quantity integer not null);
  create table if not exists calls (webhook_id text not null, order_id text not null, fault text not null);
`);

/**
 * Reserves stock for an order, once per `webhook-id`. The id and what it did are committed together: after a crash either both
 * are there or neither is. To remember the id before the work would lose orders, to remember it after the work would double them.
 */
function reserve(webhookId: string, { orderId, sku, quantity }: OrderPlaced): "reserved" | "reserved before" | "unknown sku" {
  db.exec("begin immediate");
  try {
    const first = db.prepare("insert or ignore into reservations values (?, ?, ?, ?)").run(webhookId, orderId, sku, quantity).changes === 1;
    const known = !first || db.prepare("update stock set available = available - ? where sku = ?").run(quantity, sku).changes === 1;
    db.exec(known ? "commit" : "rollback");
    if (!known) return "unknown sku";
    return first ? "reserved" : "reserved before";
  } catch (error) {
    db.exec("rollback");
    throw error;
  }
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const order = JSON.parse(await textOf(request)) as OrderPlaced;
  const webhookId = String(request.headers["webhook-id"]);
  db.prepare("insert into calls values (?, ?, ?)").run(webhookId, order.orderId, fault);
  if (fault === "hang") return;
  if (fault === "fail") return answer(response, 503, { error: "the inventory has a bad day" });
  const lost = fault === "drop";
  const result = reserve(webhookId, order);
  if (lost) return void response.destroy();
  if (result === "unknown sku") return answer(response, 422, { error: `there is no ${order.sku}`, field: "/sku" });
  answer(response, 200, { result });
}

function setFault(response: ServerResponse, wanted: string): void {
  if (!["none", "fail", "hang", "drop"].includes(wanted)) return answer(response, 400, { error: "none, fail, hang or drop" });
  fault = wanted as Fault;
  answer(response, 200, { fault });
}

function state(response: ServerResponse): void {
  const reserved = db.prepare("select order_id, count(*) as times from reservations group by order_id").all();
  const calls = db.prepare("select fault, count(*) as count from calls group by fault").all();
  answer(response, 200, { fault, calls, reserved: Object.fromEntries(reserved.map(({ order_id, times }) => [order_id, times])) });
}

const answer = (response: ServerResponse, status: number, body: object): void => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const server = createServer((request, response) => {
  const { method, url = "" } = request;
  if (method === "PUT" && url.startsWith("/fault/")) return setFault(response, url.slice("/fault/".length));
  if (method === "GET") return state(response);
  take(request, response).catch((error: unknown) => answer(response, 400, { error: String(error) }));
});
server.listen(Number(process.argv[3] ?? 0), "127.0.0.1", () => process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`));
