import type { Sql } from "#db/client.ts";
import { takeLease, type Lease } from "#db/queries/leases.ts";
import type { NewDeath } from "#db/queries/capture.ts";

export type Place = { readonly connectionId: string; readonly sourceId: string; readonly name: string };

let counter = 0;

/** A RabbitMQ connection and a source on it, with capture off. */
export async function makePlace(sql: Sql, name = `orders-${++counter}.dlq`): Promise<Place> {
  const [connection] = await sql<{ id: string }[]>`
    insert into connections (name, kind, settings, secrets, managed_by)
    values (${`rabbit ${name}`}, 'rabbitmq', '{}', 'v1', 'screen') returning id`;
  const connectionId = connection?.id ?? "";
  const [source] = await sql<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing)
    values (${connectionId}, ${name}, ${JSON.stringify({ queue: name })}, 'taken', 'screen', false) returning id`;
  return { connectionId, sourceId: source?.id ?? "", name };
}

/** The capture lease of a place, long enough for a test. */
export async function leaseOf(sql: Sql, place: Place, holder = "test"): Promise<Lease> {
  const lease = await takeLease(sql, `capture:${place.sourceId}`, holder, 600_000);
  if (lease === null) throw new Error("the lease is held");
  return lease;
}

/** A decoded death: a declined card, unless told otherwise. */
export function makeDeath(given: Partial<NewDeath> = {}): NewDeath {
  const id = crypto.randomUUID();
  return {
    id,
    identity: { kind: "content", hash: id.replaceAll("-", ""), redelivered: false },
    body: Buffer.from('{"orderId":"12345678901234567890","amount":1299}'),
    headers: JSON.stringify([{ name: "traceparent", value: { t: "text", v: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" } }]),
    native: JSON.stringify({
      transport: "amqp-0.9.1",
      queue: "orders.dlq",
      exchange: "orders.dlx",
      routingKey: "order.created",
      redelivered: false,
      properties: { contentType: "application/json", deliveryMode: 2 },
    }),
    normal: JSON.stringify({ rule: "rabbitmq-x-death", reason: "rejected" }),
    rule: "rabbitmq-x-death",
    reason: "rejected",
    fingerprint: "CardDeclinedError at charge()",
    title: "CardDeclinedError at charge()",
    errorType: "CardDeclinedError",
    errorMessage: "card declined",
    origin: "orders",
    key: null,
    attempts: 3,
    contentType: "application/json",
    search: "carddeclinederror card declined",
    firstFailedAt: null,
    lastFailedAt: null,
    lineage: null,
    ...given,
  };
}
