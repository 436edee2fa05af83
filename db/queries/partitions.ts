import type { AnySql, Sql } from "../client.ts";
import { UNFINISHED } from "#core/route/state.ts";

/** Tables that are partitioned by day on a UUID of version 7. `…_other` holds what a wrong clock made, or a day without a partition. */
const PARTITIONED = ["deliveries", "delivery_contents", "delivery_attempts"] as const;
const DAY_MS = 86_400_000;
/** Percent of a page that new rows fill. A try's verdict trebles its row: beside the row it costs no index. */
const FILL = { deliveries: 100, delivery_contents: 100, delivery_attempts: 30 } as const;
const DAYS_AHEAD = 3;
/** any number, always the same: two makers of partitions work one after the other */
const LOCK = 7_210_044;

/** The smallest UUID of version 7 of a moment, ms since 1970. */
export function firstIdAt(ms: number): string {
  const at = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${at.slice(0, 8)}-${at.slice(8)}-0000-0000-000000000000`;
}

const dayName = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll("-", "");

/** Makes the partitions of yesterday (clocks differ), today and the next days, where they are missing. `now`: ms since 1970. */
export async function makePartitions(sql: Sql, now: number): Promise<void> {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const there = await partitionNames(tx);
    for (let day = today - DAY_MS; day <= today + DAYS_AHEAD * DAY_MS; day += DAY_MS)
      for (const table of PARTITIONED) if (!there.has(`${table}_${dayName(day)}`)) await makePartition(tx, table, day);
  });
}

async function makePartition(tx: AnySql, table: (typeof PARTITIONED)[number], day: number): Promise<void> {
  const [from, to] = [firstIdAt(day), firstIdAt(day + DAY_MS)];
  const strays = await tx`select 1 from ${tx(`${table}_other`)} where id >= ${from} and id < ${to} limit 1`;
  // Postgres refuses a partition whose rows lie in the default one: they stay there
  if (strays.length > 0) return;
  await tx.unsafe(`create table "${table}_${dayName(day)}" partition of "${table}" for values from ('${from}') to ('${to}') with (fillfactor = ${FILL[table]})`);
}

async function partitionNames(sql: AnySql): Promise<Set<string>> {
  const rows = await sql<{ name: string }[]>`
    select child.relname as name from pg_inherits
    join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
    where parent.relname = any(${[...PARTITIONED]}::text[])`;
  return new Set(rows.map(({ name }) => name));
}

/**
 * Drops the days that ended before `before` (ms since 1970), oldest first, one day a call: the deliveries, their contents and
 * their attempts. A day with a delivery that is not done is kept. Answers the day (`20261128`) and how many deliveries went
 * with it, or null when there is nothing to drop.
 */
export async function dropOldestDay(sql: Sql, before: number): Promise<{ day: string; deliveries: number } | null> {
  const limit = dayName(Math.floor(before / DAY_MS) * DAY_MS);
  const there = await partitionNames(sql);
  const days = new Set([...there].flatMap((name) => /_(\d{8})$/.exec(name)?.[1] ?? []));
  for (const day of [...days].filter((each) => each < limit).toSorted()) {
    const dropped = await dropDay(sql, day, there.has(`deliveries_${day}`) ? `deliveries_${day}` : "deliveries_other");
    if (dropped !== null) return { day, deliveries: dropped };
  }
  return null;
}

/** `holder`: the partition in which the day's deliveries lie. */
async function dropDay(sql: Sql, day: string, holder: string): Promise<number | null> {
  const start = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`);
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    // nothing may begin a try in it between the look and the drop
    await tx.unsafe(`lock table "${holder}" in access exclusive mode`);
    const [row] = await tx<{ unfinished: boolean; count: number }[]>`
      select coalesce(bool_or(state = any(${[...UNFINISHED]})), false) as unfinished, count(*)::int as count
      from ${tx(holder)} where id >= ${firstIdAt(start)} and id < ${firstIdAt(start + DAY_MS)}`;
    if (row === undefined || row.unfinished) return null;
    for (const table of PARTITIONED) await tx.unsafe(`drop table if exists "${table}_${day}"`);
    return row.count;
  }) as Promise<number | null>;
}

const STRAYS_AT_ONCE = 500;

/**
 * Deletes what lies in no day and goes with none: deliveries that were done before `before` (ms since 1970, by Postgres's clock and not by
 * their ids), with their contents and attempts, and the contents and attempts of deliveries that are gone. A batch a call; answers how
 * many rows went.
 */
export async function deleteStrays(sql: Sql, before: number): Promise<number> {
  return sql.begin(async (tx) => {
    const gone = await tx<{ id: string }[]>`
      delete from deliveries_other where id in (
        select id from deliveries_other where state <> all(${[...UNFINISHED]}) and changed_at < ${new Date(before)}
        order by id limit ${STRAYS_AT_ONCE} for update skip locked)
      returning id`;
    const ids = gone.map(({ id }) => id);
    const contents = await tx`
      delete from delivery_contents where id = any(${ids}::uuid[]) or id in (
        select id from delivery_contents_other content where not exists (select 1 from deliveries where deliveries.id = content.id) limit ${STRAYS_AT_ONCE})`;
    const attempts = await tx`
      delete from delivery_attempts where delivery_id = any(${ids}::uuid[]) or id in (
        select id from delivery_attempts_other attempt where not exists (select 1 from deliveries where deliveries.id = attempt.delivery_id) limit ${STRAYS_AT_ONCE})`;
    return gone.length + contents.count + attempts.count;
  }) as Promise<number>;
}
