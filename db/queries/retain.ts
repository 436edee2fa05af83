import { REMEMBERED_DAYS } from "#core/publication.ts";
import type { Sql } from "../client.ts";
import { forgetPublications } from "./publications.ts";

const HOURS_OF_SAMPLES = 26;
const DAYS_OF_MINUTES = 31;
/** No broker delivers again what it was told so long ago. */
const DAYS_OF_IDENTITIES = 7;

/** Deletes what only served short looks back: samples, minutes, accepted batches, answered commands. */
export async function sweep(sql: Sql): Promise<void> {
  await sql`delete from queue_samples where minute < now() - ${HOURS_OF_SAMPLES} * interval '1 hour'`;
  await sql`delete from group_minutes where minute < now() - ${DAYS_OF_MINUTES} * interval '1 day'`;
  await sql`delete from source_minutes where minute < now() - ${DAYS_OF_MINUTES} * interval '1 day'`;
  await sql`delete from capture_batches where accepted_at < now() - interval '1 hour'`;
  await sql`delete from route_minutes where minute < now() - ${DAYS_OF_MINUTES} * interval '1 day'`;
  await sql`delete from guard_keys where until < now() - interval '1 hour'`;
  await sql`delete from delivery_identities where received_at < now() - ${DAYS_OF_IDENTITIES} * interval '1 day'`;
  await forgetPublications(sql, REMEMBERED_DAYS);
  await sql`delete from commands where finished_at < now() - interval '1 day'`;
}

export type Retention = {
  /** Days a discarded message can be restored. */
  readonly discardedDays: number;
  /** Days a resolved message is kept. */
  readonly resolvedDays: number;
};

/** What redrive.yaml says when it says nothing. */
export const DEFAULT_RETENTION: Retention = { discardedDays: 30, resolvedDays: 90 };

/** What was written by the supervisor at start, else the default. */
export async function readRetention(sql: Sql): Promise<Retention> {
  const [row] = await sql<{ value: string }[]>`select value from settings where key = 'retention'`;
  return row === undefined ? DEFAULT_RETENTION : (JSON.parse(row.value) as Retention);
}

const PURGE_AT_ONCE = 500;

/**
 * Deletes messages whose time is over, with everything stored of them, a batch at a time, and says so in the audit log.
 * A message that anybody could still act on (dead, in doubt, queued, sending, resent) is never touched. Answers how many.
 */
export async function purge(sql: Sql, { discardedDays, resolvedDays }: Retention): Promise<number> {
  return sql.begin(async (tx) => {
    const gone = await tx<{ id: string; state: string }[]>`
      select id, state from messages
      where (state = 'discarded' and changed_at < now() - ${discardedDays} * interval '1 day')
        or (state = 'resolved' and changed_at < now() - ${resolvedDays} * interval '1 day')
      order by id limit ${PURGE_AT_ONCE} for update skip locked`;
    if (gone.length === 0) return 0;
    const ids = gone.map(({ id }) => id);
    await tx`
      delete from bodies where id in (
        select body_id from deaths where message_id = any(${ids}::uuid[])
        union all select body_id from revisions where message_id = any(${ids}::uuid[]))`;
    await tx`delete from revisions where message_id = any(${ids}::uuid[])`;
    await tx`delete from deaths where message_id = any(${ids}::uuid[])`;
    await tx`delete from attempts where message_id = any(${ids}::uuid[])`;
    await tx`delete from events where message_id = any(${ids}::uuid[])`;
    await tx`delete from messages where id = any(${ids}::uuid[])`;
    const discarded = gone.filter(({ state }) => state === "discarded").length;
    await tx`
      insert into audit (actor, act, detail)
      values ('retention', 'message.purge', ${JSON.stringify({ discarded, resolved: gone.length - discarded, discardedDays, resolvedDays })})`;
    return gone.length;
  }) as Promise<number>;
}
