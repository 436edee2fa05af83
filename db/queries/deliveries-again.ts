import type { Sql } from "../client.ts";
import { notify } from "../listen.ts";
import { BETWEEN_JSON, bodyTexts } from "./capture-rows.ts";
import { lockOrder } from "./deliveries-order.ts";

/** A dead letter of a route on its way through it once more. */
export type DeliveryAgain = {
  /** UUID of version 7. */
  readonly id: string;
  readonly messageId: string;
  readonly body: Uint8Array;
  /** JSON text: Header[]. */
  readonly headers: string;
  /** JSON text: Native. */
  readonly native: string;
};

/**
 * Begins a delivery of each message, with the keys its last one had: it is the same message, also when it was edited. In an
 * ordered route it is due at once: what waited for its key went on when it died. A delivery that is there already is left alone.
 */
export async function deliverAgain(sql: Sql, routeId: string, again: readonly DeliveryAgain[]): Promise<void> {
  const column = <T>(of: (each: DeliveryAgain) => T): T[] => again.map(of);
  const ids = column(({ id }) => id);
  await sql.begin(async (tx) => {
    await lockOrder(tx, routeId);
    await tx`
      insert into delivery_contents (id, body, headers, native)
      select unnest(${ids}::uuid[]), decode(unnest(string_to_array(${bodyTexts(again)}, ',')), 'base64'),
        unnest(string_to_array(${column((d) => d.headers).join(BETWEEN_JSON)}, ${BETWEEN_JSON})),
        unnest(string_to_array(${column((d) => d.native).join(BETWEEN_JSON)}, ${BETWEEN_JSON}))
      on conflict do nothing`;
    await tx`
      insert into deliveries (id, route_id, position, state, due_at, next_trigger, order_key, guard_key, key, size, message_id)
      select new.id, ${routeId}, nextval('delivery_position'), 'pending', now(), 'operation', last.order_key, last.guard_key, last.key, new.size, new.message_id
      from unnest(${ids}::uuid[], ${column(({ messageId }) => messageId)}::uuid[], ${column(({ body }) => body.length)}::int[]) as new (id, message_id, size)
      left join lateral (
        select order_key, guard_key, key from deliveries where message_id = new.message_id order by position desc limit 1) last on true
      on conflict do nothing`;
    await notify(tx, ["deliveries", "routes"]);
  });
}
