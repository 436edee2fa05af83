import { desc, eq, sql } from "drizzle-orm";
import { cappedCount, type CappedCount } from "#core/capped-count.ts";
import { COUNT_CAP } from "#core/message/counts.ts";
import { MESSAGE_STATES, type MessageState } from "#core/message/state.ts";
import type { Db } from "../client.ts";
import { groupMinutes, messages } from "../schema/index.ts";

const OPEN = ["dead", "in_doubt"] as const satisfies readonly MessageState[];

/** How many messages of the group stand in each state, capped each; states with none are left out. */
export async function groupStates(db: Db, groupId: string): Promise<{ state: MessageState; count: CappedCount }[]> {
  const rows = await db.execute<{ state: MessageState; count: string }>(sql`
    select s.state, (
      select count(*) from (
        select 1 from ${messages} m where m.group_id = ${groupId}::uuid and m.state = s.state limit ${COUNT_CAP + 1}
      ) counted
    ) as count
    from unnest(${sql.param(`{${MESSAGE_STATES.join(",")}}`)}::text[]) with ordinality as s(state, place)
    order by s.place`);
  return rows.map((row) => ({ state: row.state, count: cappedCount(row.count) })).filter((row) => row.count.count > 0);
}

/** How many messages of a group are looked at to tell whom it concerns. */
const LOOKED_AT = 1_000;

/** The newest messages of the group in each of `states`: a walk along the index a state, whatever the group's size. */
const newestIn = (groupId: string, states: readonly MessageState[], limit: number) => sql`
  unnest(${sql.param(`{${states.join(",")}}`)}::text[]) as s(state) cross join lateral (
    select * from ${messages} m where m.group_id = ${groupId}::uuid and m.state = s.state order by m.position desc limit ${limit}
  ) newest`;

type Impact = { readonly origins: { readonly origin: string | null; readonly count: number }[]; readonly keys: number; readonly sampled: boolean };

/**
 * Where the newest open messages of the group failed, most first, and how many different keys they carry. Looks at
 * 1,000 messages at most; `sampled` says that there are more.
 */
export async function groupImpact(db: Db, groupId: string): Promise<Impact> {
  const rows = await db.execute<{ origin: string | null; count: string; keys: string; seen: string }>(sql`
    with looked_at as materialized (
      select newest.origin, newest.key from ${newestIn(groupId, OPEN, LOOKED_AT + 1)} order by newest.position desc limit ${LOOKED_AT + 1}
    )
    select origin, count(*) as count, (select count(distinct key) from looked_at) as keys, (select count(*) from looked_at) as seen
    from looked_at group by origin order by 2 desc, 1 limit 5`);
  return {
    origins: rows.map((row) => ({ origin: row.origin, count: Math.min(Number(row.count), LOOKED_AT) })),
    keys: Number(rows[0]?.keys ?? 0),
    sampled: Number(rows[0]?.seen ?? 0) > LOOKED_AT,
  };
}

/** The newest open message of the group, else its newest of any state, else null. */
export async function groupSample(db: Db, groupId: string) {
  const [newest] = await db.execute<{ id: string }>(sql`
    select newest.id from ${newestIn(groupId, MESSAGE_STATES, 1)}
    order by newest.state in ('dead', 'in_doubt') desc, newest.position desc limit 1`);
  if (newest === undefined) return null;
  const [row] = await db
    .select({
      id: messages.id,
      state: messages.state,
      errorType: messages.errorType,
      errorMessage: messages.errorMessage,
      attempts: messages.attempts,
      deathId: messages.lastDeathId,
      lastDeathAt: messages.lastDeathAt,
    })
    .from(messages)
    .where(eq(messages.id, newest.id));
  return row ?? null;
}

/** The newest messages of the group that can be resent, for a canary. */
export async function newestDead(db: Db, groupId: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: messages.id })
    .from(messages)
    .where(sql`${messages.groupId} = ${groupId}::uuid and ${messages.state} = 'dead'`)
    .orderBy(desc(messages.position))
    .limit(limit);
  return rows.map((row) => row.id);
}

/** A silence this long ends a wave of failures. */
const QUIET = sql`interval '6 hours'`;

/** The last silence between two waves of this group: when it fell silent and when it came back; null: one wave only. */
export async function lastSilence(db: Db, groupId: string) {
  const waves = db
    .select({
      back: groupMinutes.minute,
      before: sql<Date | null>`lag(${groupMinutes.minute}) over (order by ${groupMinutes.minute})`
        .mapWith(groupMinutes.minute)
        .as("before"),
    })
    .from(groupMinutes)
    .where(eq(groupMinutes.groupId, groupId))
    .as("waves");
  const [row] = await db
    .select({ since: waves.before, until: waves.back })
    .from(waves)
    .where(sql`${waves.back} - ${waves.before} > ${QUIET}`)
    .orderBy(desc(waves.back))
    .limit(1);
  return row?.since == null ? null : { since: row.since, until: row.until };
}
