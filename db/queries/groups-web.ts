import { and, desc, eq, ilike, or, sql, type SQL } from "drizzle-orm";
import { cappedCount, type CappedCount } from "#core/capped-count.ts";
import { COUNT_CAP } from "#core/message/counts.ts";
import type { Db } from "../client.ts";
import { connections, groups, messages, sources } from "../schema/index.ts";
import { containing } from "./containing.ts";
import { groupTrends, type Span } from "./group-minutes.ts";

export type GroupFilter = {
  readonly connection?: string | undefined;
  readonly source?: string | undefined;
  /** Part of the title. */
  readonly q?: string | undefined;
  /** Also groups of which every message is settled. */
  readonly settled?: boolean | undefined;
};

export type GroupPage = {
  readonly sort: "last_seen" | "open";
  readonly limit: number;
  readonly span: Span;
  /** Where the page before ended; only by `last_seen`. */
  readonly before: { readonly lastSeenAt: Date; readonly id: string } | null;
};

/** By open count only the groups seen last are compared: counting each costs up to the cap. */
const COMPARED = 500;

const openIn = sql`m.group_id = ${groups.id} and m.state in ('dead', 'in_doubt')`;
const openCount = sql<CappedCount>`(select count(*) from (select 1 from ${messages} m where ${openIn} limit ${COUNT_CAP + 1}) counted)`;

const matching = (filter: GroupFilter): SQL | undefined =>
  and(
    filter.connection === undefined ? undefined : eq(sources.connectionId, filter.connection),
    filter.source === undefined ? undefined : eq(groups.sourceId, filter.source),
    filter.q === undefined ? undefined : or(ilike(groups.title, containing(filter.q)), ilike(groups.errorType, containing(filter.q))),
    filter.settled === true ? undefined : sql`exists (select 1 from ${messages} m where ${openIn})`,
  );

const SHOWN = {
  id: groups.id,
  title: groups.title,
  errorType: groups.errorType,
  reason: groups.reason,
  deaths: groups.deaths,
  firstSeenAt: groups.firstSeenAt,
  lastSeenAt: groups.lastSeenAt,
  sourceId: groups.sourceId,
  // both are called `name`, which a sub-select does not allow
  source: sql<string>`${sources.name}`.as("source_name"),
  connection: sql<string>`${connections.name}`.as("connection_name"),
  connectionId: sources.connectionId,
};

const selectGroups = (db: Db) =>
  db
    .select({ ...SHOWN, open: openCount.mapWith(cappedCount).as("open_count") })
    .from(groups)
    .innerJoin(sources, eq(sources.id, groups.sourceId))
    .innerJoin(connections, eq(connections.id, sources.connectionId))
    .$dynamic();

/**
 * A page of failure groups with their open counts (dead and in doubt, capped) and deaths over time.
 * `open` compares the 500 groups seen last and has one page; `last_seen` goes on from `before`.
 */
export async function listGroups(db: Db, filter: GroupFilter, page: GroupPage) {
  const rows = page.sort === "open" ? await mostOpen(db, filter, page.limit) : await lastSeen(db, filter, page);
  const trends = await groupTrends(db, rows.map((row) => row.id), page.span);
  return rows.map((row) => Object.assign(row, { trend: trends.get(row.id) ?? [] }));
}

const lastSeen = (db: Db, filter: GroupFilter, { before, limit }: GroupPage) =>
  selectGroups(db)
    .where(
      and(
        matching(filter),
        before === null ? undefined : sql`(${groups.lastSeenAt}, ${groups.id}) < (${before.lastSeenAt.toISOString()}::timestamptz, ${before.id}::uuid)`,
      ),
    )
    .orderBy(desc(groups.lastSeenAt), desc(groups.id))
    .limit(limit);

async function mostOpen(db: Db, filter: GroupFilter, limit: number) {
  const recent = selectGroups(db).where(matching(filter)).orderBy(desc(groups.lastSeenAt), desc(groups.id)).limit(COMPARED).as("recent");
  return db.select().from(recent).orderBy(desc(recent.open), desc(recent.lastSeenAt)).limit(limit);
}

/** One group as in the list, or null. */
export async function getGroup(db: Db, id: string) {
  const [row] = await selectGroups(db).where(eq(groups.id, id));
  return row ?? null;
}
