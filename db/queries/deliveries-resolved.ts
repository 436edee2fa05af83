import type { AnySql } from "../client.ts";

/**
 * A dead letter that was resent through its route and came through is resolved: there is nothing left to watch. Asked both when a
 * delivery ends and when the verdict of its resend is written, whichever comes first: the message's lock lets the later one see the
 * other.
 */
export async function resolveDelivered(tx: AnySql, deliveryIds: readonly string[]): Promise<void> {
  if (deliveryIds.length === 0) return;
  const ids = [...deliveryIds];
  await tx`
    select 1 from messages where id in (select message_id from deliveries where id = any(${ids}::uuid[])) order by id for update`;
  await tx`
    with moved as (
      update messages set state = 'resolved', watch_until = null, changed_at = now()
      where state = 'resent' and id in (select message_id from deliveries where id = any(${ids}::uuid[]) and state = 'succeeded') returning id
    )
    insert into events (message_id, actor, from_state, to_state, cause) select id, 'worker', 'resent', 'resolved', 'delivered' from moved`;
}
