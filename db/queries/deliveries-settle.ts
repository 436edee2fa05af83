import type { AnySql, Sql } from "../client.ts";
import { bury } from "./deliveries-dead.ts";
import { lockOrder, releaseNext } from "./deliveries-order.ts";
import { resolveDelivered } from "./deliveries-resolved.ts";
import { isDelivered, writeVerdicts, type Settled } from "./deliveries-verdicts.ts";

export type SettledRoute = {
  readonly id: string;
  readonly sourceId: string;
  readonly connectionId: string;
  readonly ordered: boolean;
  /** Bodies of what was delivered are removed at once. */
  readonly dropBodies: boolean;
};

/**
 * Records what became of a route's deliveries, in one transaction with their dead letters, with `alongside` (a guard's own rows)
 * and with what is due next. A delivery that another attempt owns by now is left alone: the attempt id is the fence.
 * Answers the ids of those that were settled.
 */
export async function settleDeliveries(
  sql: Sql,
  route: SettledRoute,
  settled: readonly Settled[],
  alongside: (tx: AnySql, settled: readonly Settled[]) => Promise<unknown>,
): Promise<Set<string>> {
  return sql.begin(async (tx) => {
    if (route.ordered) await lockOrder(tx, route.id);
    const moved = await writeVerdicts(tx, settled);
    const held = settled.filter(({ claimed }) => moved.has(claimed.id));
    const deaths = held.flatMap((each) => ("death" in each && each.death !== null ? [{ deliveryId: each.claimed.id, death: each.death }] : []));
    const done = held.filter(isDone);
    await Promise.all([
      route.ordered ? releaseNext(tx, route.id, done.flatMap(({ claimed }) => claimed.orderKey ?? [])) : null,
      alongside(tx, held),
      resolveDelivered(tx, held.filter(isDelivered).flatMap(({ claimed }) => (claimed.messageId === null ? [] : [claimed.id]))),
      route.dropBodies ? tx`delete from delivery_contents where id = any(${held.filter(isDelivered).map(({ claimed }) => claimed.id)}::uuid[])` : null,
    ]);
    await bury(tx, route, deaths);
    return moved;
  }) as Promise<Set<string>>;
}

const isDone = (each: Settled): boolean => each.by === "duplicate" || each.by === "doom" || (each.by === "try" && each.decision.to !== "retrying");
