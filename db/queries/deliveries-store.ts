import type { DeathIdentity } from "#core/message/raw.ts";
import type { DeadCause } from "#core/route/state.ts";
import { UNFINISHED } from "#core/route/state.ts";
import type { AnySql, Sql } from "../client.ts";
import { notify } from "../listen.ts";
import { BETWEEN_JSON, bodyTexts, identityText } from "./capture-rows.ts";
import { insertBatch, keepNotices, LeaseLost, moveSource, type BatchFrame, type StoredBatch } from "./capture.ts";
import { holdsLease } from "./leases.ts";
import { lockOrder } from "./deliveries-order.ts";
import { withoutStored } from "./redelivered.ts";
import { countReceived } from "./route-minutes.ts";

/** One message taken for a route, ready to be stored. */
export type NewDelivery = {
  /** UUID of version 7. */
  readonly id: string;
  readonly identity: DeathIdentity;
  readonly body: Uint8Array;
  /** JSON text: Header[]. */
  readonly headers: string;
  /** JSON text: Native. */
  readonly native: string;
  readonly key: string | null;
  readonly orderKey: string | null;
  readonly guardKey: string | null;
  /** Why it is not to be tried at all; null for what is delivered. */
  readonly deadCause: DeadCause | null;
};

export type DeliveryBatch = BatchFrame & {
  readonly routeId: string;
  readonly items: readonly NewDelivery[];
  /** Whether messages of one order key wait for each other. */
  readonly ordered: boolean;
  /** With as many unfinished, what comes is dead of overflow; null when the route pauses instead. */
  readonly overflowAt: number | null;
};

/**
 * Stores a batch of a route's queue in one transaction: contents, deliveries, identities and the cursor. What was stored
 * before changes nothing. Throws LeaseLost, or the database's error; then nothing was stored and the batch has to be released.
 */
export async function storeDeliveries(sql: Sql, batch: DeliveryBatch): Promise<StoredBatch> {
  return sql.begin(async (tx) => {
    const [held, batchId] = await Promise.all([holdsLease(tx, batch.lease), insertBatch(tx, { ...batch, count: batch.items.length })]);
    if (!held) throw new LeaseLost(`lease ${batch.lease.name} is held by another worker`);
    const fresh = await withoutStored(tx, "delivery_identities", batch, batchId);
    await Promise.all([
      insertDeliveries(tx, batch, batchId, await overflowing(tx, batch, fresh)),
      moveSource(tx, batch, fresh.length),
      keepNotices(tx, batch),
      fresh.length === 0 ? null : countReceived(tx, batch.routeId, fresh.length),
      notify(tx, ["deliveries", "sources"]),
    ]);
    return { batchId, fresh: fresh.length };
  }) as Promise<StoredBatch>;
}

async function overflowing(tx: AnySql, { routeId, overflowAt }: DeliveryBatch, fresh: readonly NewDelivery[]): Promise<readonly NewDelivery[]> {
  if (overflowAt === null || fresh.length === 0) return fresh;
  const waiting = await countUnfinished(tx, routeId, overflowAt);
  return fresh.map((delivery, i) => (waiting + i < overflowAt ? delivery : { ...delivery, deadCause: "overflow" as const }));
}

/** Deliveries of a route that are not done, counted up to `cap`. */
async function countUnfinished(sql: AnySql, routeId: string, cap: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from (
      select 1 from deliveries where route_id = ${routeId} and state = any(${[...UNFINISHED]}) limit ${cap}) counted`;
  return row?.count ?? 0;
}

/** Which of these routes have at least `limit` deliveries that are not done. */
export async function fullRoutes(sql: Sql, routes: readonly { readonly id: string; readonly limit: number }[]): Promise<Set<string>> {
  if (routes.length === 0) return new Set();
  const rows = await sql<{ id: string }[]>`
    select id from unnest(${routes.map(({ id }) => id)}::uuid[], ${routes.map(({ limit }) => limit)}::int[]) as r (id, most)
    where exists (select 1 from deliveries where route_id = r.id and state = any(${[...UNFINISHED]}) offset r.most - 1)`;
  return new Set(rows.map(({ id }) => id));
}

async function insertDeliveries(tx: AnySql, { routeId, sourceId, ordered }: DeliveryBatch, batchId: number, fresh: readonly NewDelivery[]): Promise<void> {
  if (fresh.length === 0) return;
  if (ordered) await lockOrder(tx, routeId);
  const column = <T>(of: (delivery: NewDelivery) => T): T[] => fresh.map(of);
  const ids = column((d) => d.id);
  await Promise.all([
    tx`
      insert into delivery_contents (id, body, headers, native)
      select unnest(${ids}::uuid[]), decode(unnest(string_to_array(${bodyTexts(fresh)}, ',')), 'base64'),
        unnest(string_to_array(${column((d) => d.headers).join(BETWEEN_JSON)}, ${BETWEEN_JSON})),
        unnest(string_to_array(${column((d) => d.native).join(BETWEEN_JSON)}, ${BETWEEN_JSON}))`,
    tx`
      insert into delivery_identities (id, source_id, identity, batch_id)
      select unnest(${ids}::uuid[]), ${sourceId}, unnest(${column(identityText)}::text[]), ${batchId}`,
    tx`
      insert into deliveries (id, route_id, position, state, due_at, next_trigger, order_key, guard_key, key, size, dead_cause)
      select id, ${routeId}, nextval('delivery_position'), 'pending', now(), 'first', order_key, guard_key, key, size, dead_cause
      from (select unnest(${ids}::uuid[]) as id, unnest(${column((d) => d.orderKey)}::text[]) as order_key,
        unnest(${column((d) => d.guardKey)}::text[]) as guard_key, unnest(${column((d) => d.key)}::text[]) as key,
        unnest(${column((d) => d.body.length)}::int[]) as size, unnest(${column((d) => d.deadCause)}::text[]) as dead_cause) as new`,
  ]);
  if (ordered) await holdBackFollowers(tx, routeId, ids);
}

/** Of each order key only the first that is not done is due. */
async function holdBackFollowers(tx: AnySql, routeId: string, ids: readonly string[]): Promise<void> {
  await tx`
    update deliveries set due_at = null
    where id = any(${[...ids]}::uuid[]) and order_key is not null and dead_cause is null and exists (
      select 1 from deliveries earlier where earlier.route_id = ${routeId} and earlier.order_key = deliveries.order_key
        and earlier.position < deliveries.position and earlier.state in ('pending', 'delivering', 'retrying') and earlier.dead_cause is null)`;
}
