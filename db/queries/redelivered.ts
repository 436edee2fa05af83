import type { DeathIdentity } from "#core/message/raw.ts";
import type { AnySql } from "../client.ts";

type Identified = { readonly identity: DeathIdentity };

/** Where identities are kept: columns id, source_id, identity, batch_id. */
type Kept = "deaths" | "delivery_identities";

type Read<T> = { readonly sourceId: string; readonly items: readonly T[]; readonly inHand: readonly number[] };

/** Leaves out what an earlier batch stored and the broker delivers again. */
export async function withoutStored<T extends Identified>(tx: AnySql, kept: Kept, batch: Read<T>, batchId: number): Promise<T[]> {
  const { items, sourceId } = batch;
  const exact = items.flatMap(({ identity }) => (identity.kind === "exact" ? [`=${identity.id}`] : []));
  const again = items.flatMap(({ identity }) => (identity.kind === "content" && identity.redelivered ? [identity.hash] : []));
  const stored = new Set(exact.length === 0 ? [] : await storedIdentities(tx, kept, sourceId, exact));
  const matches = again.length === 0 ? new Map<string, string[]>() : await unaccepted(tx, kept, batch, again);
  const absorbed: string[] = [];
  const fresh = items.filter(({ identity }) => {
    if (identity.kind === "exact") {
      const known = stored.has(`=${identity.id}`);
      stored.add(`=${identity.id}`);
      return !known;
    }
    // each stored one explains one redelivery at most: two equal messages stay two
    const match = identity.redelivered ? matches.get(identity.hash)?.pop() : undefined;
    if (match !== undefined) absorbed.push(match);
    return match === undefined;
  });
  if (absorbed.length > 0) await tx`update ${tx(kept)} set batch_id = ${batchId} where id = any(${absorbed}::uuid[])`;
  return fresh;
}

async function storedIdentities(tx: AnySql, kept: Kept, sourceId: string, identities: readonly string[]): Promise<string[]> {
  const rows = await tx<{ identity: string }[]>`
    select identity from ${tx(kept)} where source_id = ${sourceId} and identity = any(${[...identities]}::text[])`;
  return rows.map((row) => row.identity);
}

async function unaccepted(tx: AnySql, kept: Kept, { sourceId, inHand }: Read<unknown>, hashes: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await tx<{ id: string; hash: string }[]>`
    select kept.id, wanted.hash
    from (select distinct unnest(${[...hashes]}::text[]) as hash) wanted
    join ${tx(kept)} kept on kept.source_id = ${sourceId}
      and kept.identity >= wanted.hash || ':' and kept.identity < wanted.hash || ';'
    join capture_batches on capture_batches.id = kept.batch_id and capture_batches.accepted_at is null
      and capture_batches.id <> all(${[...inHand]}::bigint[])`;
  const found = new Map<string, string[]>();
  for (const { hash, id } of rows) found.set(hash, [...(found.get(hash) ?? []), id]);
  return found;
}
