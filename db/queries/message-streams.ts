import { and, gte, lte, sql, type SQL } from "drizzle-orm";
import { sinceMs, type MessageFilter } from "#core/message/filter.ts";
import { MESSAGE_STATES } from "#core/message/state.ts";
import type { Db, Tx } from "../client.ts";
import { messages, sources } from "../schema/index.ts";
import { matching } from "./message-filter.ts";

export type Order = "newest" | "oldest";
/** Positions from `low` to `high`, both included. */
export type Span = { readonly low: number; readonly high: number };

// Capturing workers commit out of order: times follow positions only to within this.
const SKEW_MS = 120_000;

/** Whether every row of the filter's index ranges matches it, so that a page never reads past what it shows. */
export const isIndexed = (filter: MessageFilter): boolean =>
  filter.q === undefined && filter.error === undefined && filter.reason === undefined;

const statesOf = (filter: MessageFilter): SQL => {
  const states = filter.state ?? MESSAGE_STATES;
  return sql`unnest(array[${sql.join(states.map((state) => sql`${state}`), sql`, `)}]::text[]) as streams(state)`;
};

/** The index ranges that hold the filter's messages, as rows, and the condition that ties a message to its row. */
function streamsOf(filter: MessageFilter): { from: SQL; tie: SQL | undefined } {
  const state = sql`${messages.state} = streams.state`;
  if (filter.group !== undefined || filter.source !== undefined) return { from: statesOf(filter), tie: state };
  if (filter.connection !== undefined)
    return {
      from: sql`${statesOf(filter)} cross join (select id from ${sources} where connection_id = ${filter.connection}) as places`,
      tie: sql`${messages.sourceId} = places.id and ${state}`,
    };
  if (filter.state !== undefined) return { from: statesOf(filter), tie: state };
  return { from: sql`(select 1) as streams`, tie: undefined };
}

/**
 * The first `limit` positions within `span` that match, as a query. Each index range is read in its own order and
 * merged: one scan over several states would read the whole list to find the few that are rare at the top.
 */
export function positionsOf(filter: MessageFilter, order: Order, span: Span, limit: number): SQL {
  const { from, tie } = streamsOf(filter);
  const direction = order === "newest" ? sql`desc` : sql`asc`;
  const condition = and(tie, gte(messages.position, span.low), lte(messages.position, span.high), matching(filter));
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

/** The positions between which the filter's messages lie: the whole list, narrowed by the filter's times. */
export async function spanOf(db: Db | Tx, filter: MessageFilter): Promise<Span> {
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
