import { Failure } from "#core/failure.ts";
import { deliverySourcesOf, type DeliveryState } from "#core/route/state.ts";
import type { Db, Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { getDelivery, makeDue, markGivenUp, type ChosenDeliveries } from "#db/queries/deliveries-web.ts";
import type { Actor } from "../context.ts";

export type DeliveryOrder = { readonly which: ChosenDeliveries } & ({ readonly act: "retry_now" } | { readonly act: "give_up"; readonly reason: string });

// what an operator may still give up waits for a try, and so may be tried at once
const FROM = deliverySourcesOf("operator", "dead");

/**
 * Makes deliveries due at once, or gives them up: a worker then makes them dead letters. Compare and set on the states from
 * which that may be; answers how many it was. Throws Failure `conflict` when it was none.
 */
export async function steerDeliveries(db: Db, sql: Sql, actor: Actor, order: DeliveryOrder): Promise<{ count: number }> {
  const { which } = order;
  const count = await db.transaction(async (tx) => {
    const moved = order.act === "retry_now" ? await makeDue(tx, which, FROM) : await markGivenUp(tx, which, FROM, { by: actor.name, reason: order.reason });
    if (moved === 0) throw await nothing(db, which);
    await appendAudit(tx, {
      actorId: actor.id,
      actor: actor.name,
      act: `delivery.${order.act}`,
      subject: "id" in which ? which.id : which.routeId,
      detail: { count: moved, ...("id" in which ? {} : { state: which.state, error: which.error }), ...(order.act === "give_up" ? { reason: order.reason } : {}) },
    });
    return moved;
  });
  await notify(sql, ["routes", "deliveries"]);
  return { count };
}

const STANDS: Record<DeliveryState, string> = {
  pending: "It waits behind an earlier message of its order key.",
  delivering: "It is being delivered right now.",
  retrying: "It waits behind an earlier message of its order key.",
  succeeded: "It was delivered meanwhile.",
  dead: "It is dead already; resend it from the dead letters.",
};

async function nothing(db: Db, which: ChosenDeliveries): Promise<Failure> {
  if (!("id" in which)) return new Failure("conflict", "None of these deliveries waits any more. Nothing was changed.");
  const delivery = await getDelivery(db, which.id);
  if (delivery === null) return new Failure("not_found", "There is no such delivery; retention may have dropped it.", "id");
  if (delivery.givenUpBy !== null) return new Failure("conflict", `It was given up by ${delivery.givenUpBy} already.`);
  return new Failure("conflict", STANDS[delivery.state]);
}
