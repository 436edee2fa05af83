import type { AnySql } from "../client.ts";

/**
 * Until the end of `tx` nobody else stores or ends a delivery of this ordered route: what is stored sees what is not done,
 * and what ends sees what waits for it.
 */
export async function lockOrder(tx: AnySql, routeId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${routeId}, 7210045))`;
}

/** Makes the next delivery of each of these order keys due. Under `lockOrder`, after what ended them was written. */
export async function releaseNext(tx: AnySql, routeId: string, orderKeys: readonly string[]): Promise<void> {
  if (orderKeys.length === 0) return;
  await tx`
    update deliveries set due_at = now()
    from unnest(${[...new Set(orderKeys)]}::text[]) as done (order_key)
    cross join lateral (
      select id, due_at from deliveries next where next.route_id = ${routeId} and next.order_key = done.order_key
        and next.state in ('pending', 'delivering', 'retrying') and next.dead_cause is null order by next.position limit 1) next
    where deliveries.id = next.id and next.due_at is null`;
}
