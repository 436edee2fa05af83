import type { AnySql } from "../client.ts";
import { bringBack } from "./capture-lineage.ts";
import { insertDeaths } from "./capture-rows.ts";
import { countInGroups, type NewDeath } from "./capture.ts";

type Grave = { readonly sourceId: string; readonly connectionId: string };

/** A death without a batch of capture: its message was accepted long before. */
const NO_BATCH = 0;

/** Makes dead letters of deliveries that were given up, within the transaction that ends them. */
export async function bury(tx: AnySql, grave: Grave, dead: readonly { readonly deliveryId: string; readonly death: NewDeath }[]): Promise<void> {
  if (dead.length === 0) return;
  const deaths = dead.map(({ death }) => death);
  const groupIds = await countInGroups(tx, grave.sourceId, deaths);
  const returned = await bringBack(tx, deaths, groupIds);
  await insertDeaths(tx, { batch: grave, batchId: NO_BATCH, groupIds, returned }, deaths);
  await tx`
    update deliveries set message_id = new.message_id
    from unnest(${dead.map(({ deliveryId }) => deliveryId)}::uuid[], ${deaths.map(({ id }) => returned.get(id)?.messageId ?? id)}::uuid[]) as new (id, message_id)
    where deliveries.id = new.id`;
  await tx`
    insert into source_minutes (source_id, minute, died) values (${grave.sourceId}, date_trunc('minute', now()), ${deaths.length})
    on conflict (source_id, minute) do update set died = source_minutes.died + excluded.died`;
}
