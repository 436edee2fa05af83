import { and, eq, gte, lte, sql, type SQL } from "drizzle-orm";
import { sinceMs, type MessageFilter } from "#core/message/filter.ts";
import { MESSAGE_STATES } from "#core/message/state.ts";
import type { Db, Tx } from "../client.ts";
import { groups, messages, sources } from "../schema/index.ts";
import { matching } from "./message-filter.ts";

export type Order = "newest" | "oldest";
/** Positions from `low` to `high`, both included. */
export type Span = { readonly low: number; readonly high: number };

/** A filter, and how its messages are found. */
export type Scope = {
  readonly filter: MessageFilter;
  /** The groups an error type stands for; null when the filter names none, or too many groups to read one by one. */
  readonly errorGroups: readonly string[] | null;
  /** Where its messages lie: the whole list, narrowed by the filter's times. */
  readonly span: Span;
  /** Whether every row of the index ranges matches, so that a page never reads past what it shows. */
  readonly indexed: boolean;
};

// Capturing workers commit out of order: times follow positions only to within this.
const SKEW_MS = 120_000;
const MAX_GROUPS = 1_000;

/** What has to be looked up before a filter's messages can be found. */
export async function scopeOf(db: Db | Tx, filter: MessageFilter): Promise<Scope> {
  const [errorGroups, span] = await Promise.all([groupsOfError(db, filter), spanOf(db, filter)]);
  const indexed = filter.q === undefined && filter.reason === undefined && (filter.error === undefined || errorGroups !== null);
  return { filter, errorGroups, span, indexed };
}

// A group's fingerprint holds the error's type: messages of one type lie in the groups of that type and nowhere else.
async function groupsOfError(db: Db | Tx, { error, group, source }: MessageFilter): Promise<string[] | null> {
  if (error === undefined || group !== undefined) return null;
  const rows = await db
    .select({ id: groups.id })
    .from(groups)
    .where(and(eq(groups.errorType, error), source === undefined ? undefined : eq(groups.sourceId, source)))
    .limit(MAX_GROUPS + 1);
  return rows.length > MAX_GROUPS ? null : rows.map(({ id }) => id);
}

const arrayOf = (values: readonly string[], type: "text" | "uuid"): SQL =>
  sql`array[${sql.join(values.map((value) => sql`${value}`), sql`, `)}]::${sql.raw(type)}[]`;

/** The index ranges that hold the scope's messages, as rows, and the condition that ties a message to its row. */
function streamsOf({ filter, errorGroups }: Scope): { from: SQL; tie: SQL | undefined } {
  const states = sql`unnest(${arrayOf(filter.state ?? MESSAGE_STATES, "text")}) as streams(state)`;
  const state = sql`${messages.state} = streams.state`;
  if (errorGroups !== null)
    return {
      from: sql`${states} cross join unnest(${arrayOf(errorGroups, "uuid")}) as failing(id)`,
      tie: sql`${messages.groupId} = failing.id and ${state}`,
    };
  if (filter.group !== undefined || filter.source !== undefined) return { from: states, tie: state };
  if (filter.connection !== undefined)
    return {
      from: sql`${states} cross join (select id from ${sources} where connection_id = ${filter.connection}) as places`,
      tie: sql`${messages.sourceId} = places.id and ${state}`,
    };
  if (filter.state !== undefined) return { from: states, tie: state };
  return { from: sql`(select 1) as streams`, tie: undefined };
}

/**
 * The first `limit` positions within `span` that match, as a query. Each index range is read in its own order and
 * merged: one scan over several states would read the whole list to find the few that are rare at the top.
 */
export function positionsOf(scope: Scope, order: Order, span: Span, limit: number): SQL {
  const { from, tie } = streamsOf(scope);
  const direction = order === "newest" ? sql`desc` : sql`asc`;
  const condition = and(tie, gte(messages.position, span.low), lte(messages.position, span.high), matching(scope.filter));
  return sql`select found.position from ${from} cross join lateral (
    select ${messages.position} as position from ${messages} where ${condition}
    order by ${messages.position} ${direction} limit ${limit}
  ) as found order by found.position ${direction} limit ${limit}`;
}

/** The first position whose message died at or after `at`, found by halving: a few reads of one row each. */
async function positionAt(db: Db | Tx, at: Date): Promise<number> {
  const rows = await db.execute<{ low: number }>(sql`
    with recursive halving(low, high) as (
      select coalesce(min(position), 0), coalesce(max(position), 0) + 1 from ${messages}
      union all
      select case when earlier then middle + 1 else low end, case when earlier then high else middle end
      from (
        select low, high, (low + high) / 2 as middle, coalesce((
          select last_death_at < ${at.toISOString()}::timestamptz from ${messages}
          where position >= (low + high) / 2 order by position limit 1
        ), false) as earlier
        from halving where low < high
      ) as step
    )
    select low from halving where low >= high limit 1`);
  return Number(rows[0]?.low ?? 0);
}

async function spanOf(db: Db | Tx, filter: MessageFilter): Promise<Span> {
  const rows = await db.execute<{ low: number; high: number; now: number }>(
    sql`select coalesce(min(position), 0) as low, coalesce(max(position), 0) as high,
      (extract(epoch from now()) * 1000)::bigint as now from ${messages}`,
  );
  const { low, high, now } = { low: Number(rows[0]?.low), high: Number(rows[0]?.high), now: Number(rows[0]?.now) };
  const begins = [
    ...(filter.since === undefined ? [] : [now - sinceMs(filter.since)]),
    ...(filter.from === undefined ? [] : [Date.parse(filter.from)]),
  ];
  return {
    low: begins.length === 0 ? low : await positionAt(db, new Date(Math.max(...begins) - SKEW_MS)),
    high: filter.to === undefined ? high : await positionAt(db, new Date(Date.parse(filter.to) + SKEW_MS)),
  };
}
