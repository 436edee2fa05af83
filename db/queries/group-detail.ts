import { desc, eq, sql } from "drizzle-orm";
import { cappedCount, type CappedCount } from "#core/capped-count.ts";
import { COUNT_CAP } from "#core/message/counts.ts";
import { MESSAGE_STATES, type MessageState } from "#core/message/state.ts";
import type { Db } from "../client.ts";
import { groupMinutes, messages } from "../schema/index.ts";

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

/**
 * Where the newest open messages of the group failed, most first, and how many different keys they carry. Looks at
 * 10,000 messages at most; `sampled` says that there are more.
 */
export async function groupImpact(db: Db, groupId: string) {
  const newest = sql`
    select m.origin, m.key from ${messages} m
    where m.group_id = ${groupId}::uuid and m.state in ('dead', 'in_doubt')
    order by m.position desc limit ${COUNT_CAP}`;
  const [origins, keys] = await Promise.all([
    db.execute<{ origin: string | null; count: string }>(
      sql`select origin, count(*) as count from (${newest}) newest group by origin order by 2 desc, 1 limit 5`,
    ),
    db.execute<{ keys: string; seen: string }>(
      sql`select count(distinct key) as keys, count(*) as seen from (${newest}) newest`,
    ),
  ]);
  return {
    origins: origins.map((row) => ({ origin: row.origin, count: Number(row.count) })),
    keys: Number(keys[0]?.keys ?? 0),
    sampled: Number(keys[0]?.seen ?? 0) >= COUNT_CAP,
  };
}

/** The newest open message of the group, else its newest of any state, else null. */
export async function groupSample(db: Db, groupId: string) {
  const shown = {
    id: messages.id,
    state: messages.state,
    errorType: messages.errorType,
    errorMessage: messages.errorMessage,
    attempts: messages.attempts,
    deathId: messages.lastDeathId,
    lastDeathAt: messages.lastDeathAt,
  };
  const newestIn = (states: readonly MessageState[]) =>
    db
      .select(shown)
      .from(messages)
      .where(sql`${messages.groupId} = ${groupId}::uuid and ${messages.state} = any(${sql.param(`{${states.join(",")}}`)}::text[])`)
      .orderBy(desc(messages.position))
      .limit(1);
  const [open] = await newestIn(["dead", "in_doubt"]);
  if (open !== undefined) return open;
  const [any] = await newestIn(MESSAGE_STATES);
  return any ?? null;
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
