import type { GuardEntry, GuardVerdict } from "#core/route/guard.ts";
import type { AnySql } from "../client.ts";

/**
 * Claims keys for a route until `leaseMs` from now, in one statement: the unique constraint decides between workers. Every row is
 * written, even if with what it had, so that the answer is the row as it is now and not as a snapshot saw it.
 */
export async function claimGuardKeys(sql: AnySql, routeId: string, entries: readonly GuardEntry[], leaseMs: number): Promise<GuardVerdict[]> {
  const rows = await sql<{ key: string; owner: string; completed: boolean }[]>`
    insert into guard_keys as held (route_id, key, owner, until)
    select ${routeId}, key, owner, clock_timestamp() + make_interval(secs => ${leaseMs / 1_000})
    from (${firstOfEach(sql, entries)}) asked order by key
    on conflict (route_id, key) do update set
      owner = case when ${isFree(sql)} then excluded.owner else held.owner end,
      until = case when ${isFree(sql)} then excluded.until else held.until end,
      completed_at = case when ${isFree(sql)} then null else held.completed_at end
    returning key, owner, completed_at is not null as completed`;
  const stored = new Map(rows.map((row) => [row.key, row]));
  return entries.map(({ key, owner }) => {
    const row = stored.get(key);
    if (row === undefined) throw new Error("a claim of a guard's key gave no row");
    if (row.completed) return { completedBy: row.owner };
    return row.owner === owner ? "claimed" : { heldBy: row.owner };
  });
}

/** Its time ran out, or the one who asks has it already and is not done. */
const isFree = (sql: AnySql) => sql`(held.until < clock_timestamp() or (held.owner = excluded.owner and held.completed_at is null))`;

/** Delivered: remembered for `ttlSeconds`. Who was first to complete a key stays it. */
export async function completeGuardKeys(sql: AnySql, routeId: string, entries: readonly GuardEntry[], ttlSeconds: number): Promise<void> {
  await sql`
    insert into guard_keys as held (route_id, key, owner, completed_at, until)
    select ${routeId}, key, owner, clock_timestamp(), clock_timestamp() + make_interval(secs => ${ttlSeconds})
    from (${firstOfEach(sql, entries)}) done order by key
    on conflict (route_id, key) do update set owner = excluded.owner, completed_at = excluded.completed_at, until = excluded.until
    where held.completed_at is null or held.until < clock_timestamp()`;
}

/** Not delivered: the keys that these owners hold are free again. */
export async function releaseGuardKeys(sql: AnySql, routeId: string, entries: readonly GuardEntry[]): Promise<void> {
  await sql`
    with mine as (
      select held.key from guard_keys held
      join (${asked(sql, entries)}) given on given.key = held.key and given.owner = held.owner
      where held.route_id = ${routeId} and held.completed_at is null
      order by held.key for update of held)
    delete from guard_keys using mine where guard_keys.route_id = ${routeId} and guard_keys.key = mine.key`;
}

const asked = (sql: AnySql, entries: readonly GuardEntry[]) =>
  sql`select * from unnest(${entries.map(({ key }) => key)}::text[], ${entries.map(({ owner }) => owner)}::uuid[]) with ordinality as entry (key, owner, n)`;

/** One statement writes a row once: of a key that is asked for twice the first counts. */
const firstOfEach = (sql: AnySql, entries: readonly GuardEntry[]) => sql`select distinct on (key) key, owner from (${asked(sql, entries)}) every order by key, n`;
