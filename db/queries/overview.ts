import { asc, desc, eq, gt, sql } from "drizzle-orm";
import { cappedCount, type CappedCount } from "#core/capped-count.ts";
import { COUNT_CAP } from "#core/message/counts.ts";
import type { Db } from "../client.ts";
import { connections, messages, sourceMinutes, sources } from "../schema/index.ts";

export type Counters = {
  readonly dead: CappedCount;
  readonly inDoubt: CappedCount;
  /** Queued and sending. */
  readonly underWay: CappedCount;
  /** Resent and still watched. */
  readonly watched: CappedCount;
  readonly resolved24h: CappedCount;
  readonly discarded: CappedCount;
  /** When the message that is dead the longest died; null when none is. */
  readonly oldestDeadAt: Date | null;
};

const capped = (condition: ReturnType<typeof sql>) =>
  sql`(select count(*) from (select 1 from ${messages} where ${condition} limit ${COUNT_CAP + 1}) counted)`;

/** The strip of numbers on top of the overview, each capped. */
export async function countStates(db: Db): Promise<Counters> {
  const [[row], [oldest]] = await Promise.all([
    db.execute<Record<"dead" | "in_doubt" | "under_way" | "watched" | "resolved" | "discarded", string>>(sql`
      select ${capped(sql`state = 'dead'`)} as dead,
        ${capped(sql`state = 'in_doubt'`)} as in_doubt,
        ${capped(sql`state in ('queued', 'sending')`)} as under_way,
        ${capped(sql`state = 'resent'`)} as watched,
        ${capped(sql`state = 'resolved' and changed_at > now() - interval '24 hours'`)} as resolved,
        ${capped(sql`state = 'discarded'`)} as discarded`),
    // positions are given out in the order of deaths: the smallest is the oldest, without looking at the others
    db.select({ at: messages.lastDeathAt }).from(messages).where(eq(messages.state, "dead")).orderBy(asc(messages.position)).limit(1),
  ]);
  const counted = (value: string | undefined) => cappedCount(value ?? 0);
  return {
    dead: counted(row?.dead),
    inDoubt: counted(row?.in_doubt),
    underWay: counted(row?.under_way),
    watched: counted(row?.watched),
    resolved24h: counted(row?.resolved),
    discarded: counted(row?.discarded),
    oldestDeadAt: oldest?.at ?? null,
  };
}

const FLOW_MINUTES = 60;

/** What came in and what went out in each of the last 60 minutes over all sources, oldest first. */
export async function flowPerMinute(db: Db) {
  const ago = sql<number>`extract(epoch from date_trunc('minute', now()) - ${sourceMinutes.minute})::int / 60`;
  const total = (column: typeof sourceMinutes.died | typeof sourceMinutes.resent | typeof sourceMinutes.discarded) =>
    sql<number>`sum(${column})`.mapWith(Number);
  const rows = await db
    .select({
      ago: ago.mapWith(Number).as("ago"),
      died: total(sourceMinutes.died),
      resent: total(sourceMinutes.resent),
      discarded: total(sourceMinutes.discarded),
    })
    .from(sourceMinutes)
    .where(gt(sourceMinutes.minute, sql`now() - ${FLOW_MINUTES} * interval '1 minute'`))
    .groupBy(sql`ago`);
  const flow = Array.from({ length: FLOW_MINUTES }, () => ({ died: 0, resent: 0, discarded: 0 }));
  for (const { ago: minutesAgo, ...counts } of rows) flow.splice(FLOW_MINUTES - 1 - Math.max(minutesAgo, 0), 1, counts);
  return flow;
}

const FEW = 5;

/** Every connection, the broken ones first; how many sources there are, how many capture, and a few with faults of their own. */
export async function placesHealth(db: Db) {
  const [all, every] = await Promise.all([
    db
      .select({
        id: connections.id,
        name: connections.name,
        kind: connections.kind,
        state: connections.state,
        faultCode: connections.faultCode,
        faultDetail: connections.faultDetail,
        stateSince: connections.stateSince,
        measuredAt: connections.measuredAt,
      })
      .from(connections)
      .orderBy(sql`${connections.state} = 'down' desc`, asc(connections.name)),
    db
      .select({
        id: sources.id,
        name: sources.name,
        connection: connections.name,
        connectionState: connections.state,
        capturing: sources.capturing,
        faultCode: sources.faultCode,
        faultDetail: sources.faultDetail,
        faultAt: sources.faultAt,
      })
      .from(sources)
      .innerJoin(connections, eq(connections.id, sources.connectionId))
      .orderBy(desc(sources.faultAt)),
  ]);
  return {
    connections: all,
    sources: every.length,
    capturing: every.filter((source) => source.capturing).length,
    // where the whole connection is down, that is said once
    faultySources: every.filter((source) => source.faultCode !== null && source.connectionState !== "down").slice(0, FEW),
  };
}
