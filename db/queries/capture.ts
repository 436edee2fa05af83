import type { DeathIdentity } from "#core/message/raw.ts";
import type { DeathReason } from "#core/message/normal-form.ts";
import type { AnySql, Sql } from "../client.ts";
import { notify } from "../listen.ts";
import { bringBack, type Returned } from "./capture-lineage.ts";
import { holdsLease, type Lease } from "./leases.ts";

/** One decoded death, ready to be stored: every text is free of NUL and lone surrogates, and capped. */
export type NewDeath = {
  /** UUID of the death; also of its message when it starts a new one. */
  readonly id: string;
  readonly identity: DeathIdentity;
  readonly body: Uint8Array;
  /** JSON text: Header[]. */
  readonly headers: string;
  /** JSON text: Native. */
  readonly native: string;
  /** JSON text: NormalForm. */
  readonly normal: string;
  readonly rule: string;
  readonly reason: DeathReason;
  readonly fingerprint: string;
  readonly title: string;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly origin: string | null;
  readonly key: string | null;
  readonly attempts: number | null;
  readonly contentType: string | null;
  readonly search: string;
  readonly firstFailedAt: Date | null;
  readonly lastFailedAt: Date | null;
  /** Which earlier message it says it is: by our stamp, or by the attempt whose id the broker kept. */
  readonly lineage: { readonly messageId: string } | { readonly attemptId: string } | null;
};

export type CaptureBatch = {
  readonly sourceId: string;
  readonly connectionId: string;
  readonly deaths: readonly NewDeath[];
  readonly cursor: string | null;
  readonly worker: string;
  readonly lease: Lease;
};

export type StoredBatch = {
  readonly batchId: number;
  /** Deaths that were not stored before. */
  readonly fresh: number;
};

/** Another worker has taken over: nothing was stored. */
export class LeaseLost extends Error {}

/**
 * Stores a batch in one transaction: deaths, messages, groups, counters and the cursor. A death that was stored before
 * changes nothing. Throws LeaseLost, or the database's error; then nothing was stored and the batch has to be released.
 */
export async function storeBatch(sql: Sql, batch: CaptureBatch): Promise<StoredBatch> {
  return sql.begin(async (tx) => {
    if (!(await holdsLease(tx, batch.lease))) throw new LeaseLost(`lease ${batch.lease.name} is held by another worker`);
    const [row] = await tx<{ id: number }[]>`
      insert into capture_batches (source_id, worker, count)
      values (${batch.sourceId}, ${batch.worker}, ${batch.deaths.length}) returning id`;
    const batchId = row?.id ?? 0;
    const fresh = await withoutStored(tx, batch, batchId);
    if (fresh.length > 0) {
      const groupIds = await countInGroups(tx, batch.sourceId, fresh);
      const returned = await bringBack(tx, fresh, groupIds);
      await insertDeaths(tx, batch, batchId, fresh, groupIds, returned);
    }
    await tx`
      update sources set captured = captured + ${fresh.length}, cursor = coalesce(${batch.cursor}, cursor),
        last_captured_at = case when ${fresh.length} > 0 then now() else last_captured_at end,
        fault_code = null, fault_detail = null, fault_at = null
      where id = ${batch.sourceId}`;
    await tx`
      insert into source_minutes (source_id, minute, died)
      values (${batch.sourceId}, date_trunc('minute', now()), ${fresh.length})
      on conflict (source_id, minute) do update set died = source_minutes.died + excluded.died`;
    await notify(tx, ["messages", "groups", "sources"]);
    return { batchId, fresh: fresh.length };
  }) as Promise<StoredBatch>;
}

/** The broker has processed our ack: from now on an equal death is another one. */
export async function markAccepted(sql: Sql, batchId: number): Promise<void> {
  await sql`update capture_batches set accepted_at = now() where id = ${batchId}`;
}

/** `=<id>`, or `<hash>:<uuid>` where the broker gives no id; `=` and `:` keep the two apart. */
const identityText = (death: NewDeath): string =>
  death.identity.kind === "exact" ? `=${death.identity.id}` : `${death.identity.hash}:${death.id}`;

/** Leaves out what an earlier batch stored and the broker delivers again. */
async function withoutStored(tx: AnySql, batch: CaptureBatch, batchId: number): Promise<NewDeath[]> {
  const exact = batch.deaths.flatMap(({ identity }) => (identity.kind === "exact" ? [`=${identity.id}`] : []));
  const again = batch.deaths.flatMap(({ identity }) => (identity.kind === "content" && identity.redelivered ? [identity.hash] : []));
  const stored = new Set(exact.length === 0 ? [] : await storedIdentities(tx, batch.sourceId, exact));
  const matches = again.length === 0 ? new Map<string, string[]>() : await unacceptedDeaths(tx, batch.sourceId, again);
  const absorbed: string[] = [];
  const fresh = batch.deaths.filter(({ identity }) => {
    if (identity.kind === "exact") {
      const known = stored.has(`=${identity.id}`);
      stored.add(`=${identity.id}`);
      return !known;
    }
    // each stored death explains one redelivery at most: two equal messages stay two
    const match = identity.redelivered ? matches.get(identity.hash)?.pop() : undefined;
    if (match !== undefined) absorbed.push(match);
    return match === undefined;
  });
  if (absorbed.length > 0) await tx`update deaths set batch_id = ${batchId} where id = any(${absorbed}::uuid[])`;
  return fresh;
}

async function storedIdentities(tx: AnySql, sourceId: string, identities: readonly string[]): Promise<string[]> {
  const rows = await tx<{ identity: string }[]>`
    select identity from deaths where source_id = ${sourceId} and identity = any(${[...identities]}::text[])`;
  return rows.map((row) => row.identity);
}

async function unacceptedDeaths(tx: AnySql, sourceId: string, hashes: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await tx<{ id: string; hash: string }[]>`
    select deaths.id, wanted.hash
    from (select distinct unnest(${[...hashes]}::text[]) as hash) wanted
    join deaths on deaths.source_id = ${sourceId}
      and deaths.identity >= wanted.hash || ':' and deaths.identity < wanted.hash || ';'
    join capture_batches on capture_batches.id = deaths.batch_id and capture_batches.accepted_at is null`;
  const found = new Map<string, string[]>();
  for (const { hash, id } of rows) found.set(hash, [...(found.get(hash) ?? []), id]);
  return found;
}

/** Counts the deaths in their groups, making those that are new. Answers the group of each fingerprint. */
async function countInGroups(tx: AnySql, sourceId: string, deaths: readonly NewDeath[]): Promise<Map<string, string>> {
  const byFingerprint = [...Map.groupBy(deaths, (death) => death.fingerprint).values()]
    .flatMap((alike) => (alike[0] === undefined ? [] : [{ ...alike[0], count: alike.length }]))
    // in one order everywhere, so that two captures wait instead of deadlocking
    .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const rows = await tx<{ id: string; fingerprint: string }[]>`
    insert into groups (source_id, fingerprint, title, error_type, reason, deaths, first_seen_at, last_seen_at)
    select ${sourceId}, fingerprint, title, error_type, reason, count, now(), now()
    from unnest(
      ${byFingerprint.map((each) => each.fingerprint)}::text[], ${byFingerprint.map((each) => each.title)}::text[],
      ${byFingerprint.map((each) => each.errorType)}::text[], ${byFingerprint.map((each) => each.reason)}::text[],
      ${byFingerprint.map((each) => each.count)}::int[]
    ) as new (fingerprint, title, error_type, reason, count)
    on conflict (source_id, fingerprint) do update
      set deaths = groups.deaths + excluded.deaths, last_seen_at = excluded.last_seen_at
    returning id, fingerprint`;
  const groupIds = new Map(rows.map((row) => [row.fingerprint, row.id]));
  await tx`
    insert into group_minutes (group_id, minute, died)
    select group_id, date_trunc('minute', now()), died
    from unnest(${byFingerprint.map((each) => groupIds.get(each.fingerprint) ?? null)}::uuid[],
      ${byFingerprint.map((each) => each.count)}::int[]) as new (group_id, died)
    on conflict (group_id, minute) do update set died = group_minutes.died + excluded.died`;
  return groupIds;
}

/** postgres.js has no arrays of bytea: bodies travel as hex text and are decoded by Postgres. */
const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");

/** Bodies, deaths and the messages that begin with them, in one round trip. */
async function insertDeaths(
  tx: AnySql,
  batch: CaptureBatch,
  batchId: number,
  deaths: readonly NewDeath[],
  groupIds: ReadonlyMap<string, string>,
  returned: ReadonlyMap<string, Returned>,
): Promise<void> {
  const column = <T>(of: (death: NewDeath) => T): T[] => deaths.map(of);
  await tx`
    with new as (
      select * from unnest(
        ${column((d) => d.id)}::uuid[],
        ${column((d) => returned.get(d.id)?.messageId ?? d.id)}::uuid[],
        ${column((d) => returned.get(d.id)?.number ?? 1)}::int[],
        ${column((d) => returned.get(d.id)?.afterAttemptId ?? null)}::uuid[],
        ${column(identityText)}::text[],
        ${column((d) => hex(d.body))}::text[],
        ${column((d) => d.body.length)}::int[],
        ${column((d) => d.headers)}::text[],
        ${column((d) => d.native)}::text[],
        ${column((d) => d.normal)}::text[],
        ${column((d) => d.rule)}::text[],
        ${column((d) => d.reason)}::text[],
        ${column((d) => groupIds.get(d.fingerprint) ?? null)}::uuid[],
        ${column((d) => d.errorType)}::text[],
        ${column((d) => d.errorMessage)}::text[],
        ${column((d) => d.origin)}::text[],
        ${column((d) => d.key)}::text[],
        ${column((d) => d.attempts)}::int[],
        ${column((d) => d.contentType)}::text[],
        ${column((d) => d.search)}::text[],
        ${column((d) => d.firstFailedAt?.toISOString() ?? null)}::timestamptz[],
        ${column((d) => d.lastFailedAt?.toISOString() ?? null)}::timestamptz[]
      ) with ordinality as t (
        id, message_id, number, after_attempt_id, identity, body, size, headers, native, normal, rule, reason, group_id,
        error_type, error_message, origin, key, attempts, content_type, search, first_failed_at, last_failed_at, place)
    ), stored_bodies as (
      insert into bodies (id, bytes) select id, decode(body, 'hex') from new
    ), stored_deaths as (
      insert into deaths (id, message_id, number, source_id, batch_id, identity, captured_at, body_id, size, headers,
        native, normal, reason, after_attempt_id)
      select id, message_id, number, ${batch.sourceId}::uuid, ${batchId}, identity, now(), id, size, headers,
        native, normal, reason, after_attempt_id
      from new
    )
    insert into messages (id, position, connection_id, source_id, group_id, state, deaths, last_death_id, body_id, size,
      rule, reason, error_type, error_message, origin, key, attempts, content_type, search, first_failed_at,
      last_failed_at, captured_at, last_death_at, changed_at)
    select id, nextval('message_position'), ${batch.connectionId}::uuid, ${batch.sourceId}::uuid, group_id, 'dead', 1, id, id,
      size, rule, reason, error_type, error_message, origin, key, attempts, content_type, search, first_failed_at,
      last_failed_at, now(), now(), now()
    from (select * from new where message_id = id order by place) as begun`;
}
