import type { Depth, DiscoveredQueue } from "#core/brokers/adapter.ts";
import type { Sql } from "../client.ts";
import { notify } from "../listen.ts";

export type KnownQueue = { readonly id: string; readonly name: string; readonly source: string };

/** The queues a connection still shows. */
export async function knownQueues(sql: Sql, connectionId: string): Promise<KnownQueue[]> {
  return sql<KnownQueue[]>`
    select id, name, source from queues where connection_id = ${connectionId} and gone_at is null order by name`;
}

/**
 * Writes what was measured. The connection's `measured_at` is the age of all its depths; a queue's own row is written
 * only when its numbers changed, so that a thousand still queues cost one update a second. Answers whether any changed.
 */
export async function storeDepths(sql: Sql, connectionId: string, measured: readonly (Depth & { id: string })[]): Promise<boolean> {
  return sql.begin(async (tx) => {
    const number = (of: (depth: Exclude<Depth, { kind: "unknown" }>) => number | null) =>
      measured.map((depth) => (depth.kind === "unknown" ? null : of(depth)));
    const changed = await tx`
      update queues set depth_kind = new.kind, ready = new.ready, in_flight = new.in_flight, consumers = new.consumers,
        place = new.place, measured_at = now()
      from unnest(${measured.map((depth) => depth.id)}::uuid[], ${measured.map((depth) => depth.kind)}::text[],
        ${number((depth) => depth.ready)}::bigint[], ${number((depth) => depth.inFlight)}::bigint[],
        ${number((depth) => depth.consumers)}::int[], ${measured.map((depth) => (depth.kind === "unknown" ? null : (depth.place ?? null)))}::text[])
        as new (id, kind, ready, in_flight, consumers, place)
      where queues.id = new.id and (queues.depth_kind, queues.ready, queues.in_flight, queues.consumers, queues.place)
        is distinct from (new.kind, new.ready, new.in_flight, new.consumers, new.place)
      returning 1`;
    await tx`update connections set measured_at = now() where id = ${connectionId}`;
    await tx`
      insert into queue_samples (queue_id, minute, ready)
      select id, date_trunc('minute', now()), ready from queues
      where connection_id = ${connectionId} and gone_at is null and ready is not null
      on conflict (queue_id, minute) do update set ready = excluded.ready where queue_samples.ready <> excluded.ready`;
    await notify(tx, ["depths"]);
    return changed.length > 0;
  }) as Promise<boolean>;
}

/** Writes the list of a connection's queues: new ones appear, those the broker no longer shows are marked gone. */
export async function storeDiscovered(sql: Sql, connectionId: string, found: readonly DiscoveredQueue<unknown>[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      insert into queues (connection_id, name, type, custody, source, dead_letter_signs, warnings, readers)
      select ${connectionId}, * from unnest(
        ${found.map((queue) => queue.name)}::text[], ${found.map((queue) => queue.type)}::text[],
        ${found.map((queue) => queue.custody)}::text[], ${found.map((queue) => JSON.stringify(queue.source))}::text[],
        ${found.map((queue) => JSON.stringify(queue.deadLetterSigns))}::text[],
        ${found.map((queue) => JSON.stringify(queue.warnings))}::text[],
        ${found.map((queue) => (queue.readers ? JSON.stringify(queue.readers) : null))}::text[])
      on conflict (connection_id, name) do update set type = excluded.type, custody = excluded.custody,
        source = excluded.source, dead_letter_signs = excluded.dead_letter_signs, warnings = excluded.warnings,
        readers = excluded.readers, gone_at = null`;
    await tx`
      update queues set gone_at = now(), depth_kind = 'unknown', ready = null, in_flight = null, consumers = null, place = null, readers = null
      where connection_id = ${connectionId} and gone_at is null and name <> all(${found.map((queue) => queue.name)}::text[])`;
    await tx`update connections set discovered_at = now() where id = ${connectionId}`;
    await notify(tx, ["queues", "connections"]);
  });
}
