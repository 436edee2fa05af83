import type { Accepted } from "#core/brokers/adapter.ts";
import type { DeathIdentity } from "#core/message/raw.ts";
import { pgSafe } from "#core/message/pg-text.ts";
import type { DeathReason } from "#core/message/normal-form.ts";
import type { AnySql, Sql } from "../client.ts";
import { notify } from "../listen.ts";
import { bringBack } from "./capture-lineage.ts";
import { insertDeaths } from "./capture-rows.ts";
import { holdsLease, type Lease } from "./leases.ts";
import { withoutStored } from "./redelivered.ts";

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

/** What was read together from one source, as it is stored together. */
export type BatchFrame = {
  readonly sourceId: string;
  readonly notices: readonly string[];
  readonly cursor: string | null;
  readonly worker: string;
  readonly lease: Lease;
  /**
   * Batches this capture stored just before that may not be marked accepted yet: their deaths are still in hand, so a
   * redelivered death of this batch is none of them.
   */
  readonly inHand: readonly number[];
};

export type CaptureBatch = BatchFrame & { readonly connectionId: string; readonly deaths: readonly NewDeath[] };

export type StoredBatch = {
  readonly batchId: number;
  /** Deaths that were not stored before. */
  readonly fresh: number;
};

const MAX_NOTICE = 1_000;

/** Another worker has taken over: nothing was stored. */
export class LeaseLost extends Error {}

/**
 * Stores a batch in one transaction: deaths, messages, groups, counters and the cursor. A death that was stored before
 * changes nothing. Throws LeaseLost, or the database's error; then nothing was stored and the batch has to be released.
 */
export async function storeBatch(sql: Sql, batch: CaptureBatch): Promise<StoredBatch> {
  // statements that do not need each other's answers are sent together: under load each wait is a turn lost
  return sql.begin(async (tx) => {
    const [held, batchId] = await Promise.all([holdsLease(tx, batch.lease), insertBatch(tx, { ...batch, count: batch.deaths.length })]);
    if (!held) throw new LeaseLost(`lease ${batch.lease.name} is held by another worker`);
    const fresh = await withoutStored(tx, "deaths", { ...batch, items: batch.deaths }, batchId);
    const groupIds = await countInGroups(tx, batch.sourceId, fresh);
    // locks messages before the minute's row is, as a settling resend does
    const returned = await bringBack(tx, fresh, groupIds);
    await Promise.all([insertDeaths(tx, { batch, batchId, groupIds, returned }, fresh), countInSource(tx, batch, fresh.length), keepNotices(tx, batch)]);
    return { batchId, fresh: fresh.length };
  }) as Promise<StoredBatch>;
}

/** Writes a batch down that is not accepted yet. Answers its id. */
export async function insertBatch(tx: AnySql, { sourceId, worker, count }: { sourceId: string; worker: string; count: number }): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into capture_batches (source_id, worker, count) values (${sourceId}, ${worker}, ${count}) returning id`;
  return row?.id ?? 0;
}

/** Moves a source's cursor and counts what is new, in the transaction that stores it. */
export async function moveSource(tx: AnySql, { sourceId, cursor }: BatchFrame, fresh: number): Promise<void> {
  await tx`
    update sources set captured = captured + ${fresh}, cursor = coalesce(${cursor}, cursor),
      last_captured_at = case when ${fresh} > 0 then now() else last_captured_at end,
      fault_code = null, fault_detail = null, fault_at = null
    where id = ${sourceId}`;
}

async function countInSource(tx: AnySql, batch: CaptureBatch, fresh: number): Promise<void> {
  const { sourceId } = batch;
  const counted = moveSource(tx, batch, fresh);
  const inMinute = tx`
    insert into source_minutes (source_id, minute, died)
    values (${sourceId}, date_trunc('minute', now()), ${fresh})
    on conflict (source_id, minute) do update set died = source_minutes.died + excluded.died`;
  await Promise.all([counted, inMinute, notify(tx, ["messages", "groups", "sources"])]);
}

/** Keeps with the source what capture met. */
export async function keepNotices(tx: AnySql, { sourceId, notices }: Pick<BatchFrame, "sourceId" | "notices">): Promise<void> {
  if (notices.length === 0) return;
  await tx`insert into source_notices (source_id, text) select ${sourceId}, unnest(${notices.map((notice) => pgSafe(notice, MAX_NOTICE))}::text[])`;
}

/** What accepting a batch found out, and the cursor that was stored with it. */
type AcceptedBatch = Accepted & { readonly sourceId: string; readonly stored: string | null };

/** The broker has processed our ack: from now on an equal death is another one. In the same transaction what that found out is kept. */
export async function markAccepted(sql: Sql, batchId: number, found: AcceptedBatch | null = null): Promise<void> {
  const mark = (tx: AnySql) => tx`update capture_batches set accepted_at = now() where id = ${batchId}`;
  if (found === null) return void (await mark(sql));
  await sql.begin(async (tx) => {
    const moved = tx`update sources set cursor = ${found.cursor} where id = ${found.sourceId} and cursor = ${found.stored}`;
    await Promise.all([mark(tx), moved, keepNotices(tx, found), ...(found.notices.length === 0 ? [] : [notify(tx, ["sources"])])]);
  });
}

/** Counts the deaths in their groups, making those that are new. Answers the group of each fingerprint. */
export async function countInGroups(tx: AnySql, sourceId: string, deaths: readonly NewDeath[]): Promise<Map<string, string>> {
  if (deaths.length === 0) return new Map();
  const byFingerprint = [...Map.groupBy(deaths, (death) => death.fingerprint).values()]
    .flatMap((alike) => (alike[0] === undefined ? [] : [{ ...alike[0], count: alike.length }]))
    // in one order everywhere, so that two captures wait instead of deadlocking
    .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const rows = await tx<{ id: string; fingerprint: string }[]>`
    with new as (
      select * from unnest(
        ${byFingerprint.map((each) => each.fingerprint)}::text[], ${byFingerprint.map((each) => each.title)}::text[],
        ${byFingerprint.map((each) => each.errorType)}::text[], ${byFingerprint.map((each) => each.reason)}::text[],
        ${byFingerprint.map((each) => each.count)}::int[]
      ) as new (fingerprint, title, error_type, reason, count)
    ), counted as (
      insert into groups (source_id, fingerprint, title, error_type, reason, deaths, first_seen_at, last_seen_at)
      select ${sourceId}, fingerprint, title, error_type, reason, count, now(), now() from new
      on conflict (source_id, fingerprint) do update
        set deaths = groups.deaths + excluded.deaths, last_seen_at = excluded.last_seen_at
      returning id, fingerprint
    ), in_minute as (
      insert into group_minutes (group_id, minute, died)
      select counted.id, date_trunc('minute', now()), new.count from counted join new using (fingerprint)
      on conflict (group_id, minute) do update set died = group_minutes.died + excluded.died
    )
    select id, fingerprint from counted`;
  return new Map(rows.map((row) => [row.fingerprint, row.id]));
}
