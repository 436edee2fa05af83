import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import { COUNT_CAP } from "#core/message/counts.ts";
import type { MessageFilter } from "#core/message/filter.ts";
import { MESSAGE_STATES, type MessageState } from "#core/message/state.ts";
import type { Db } from "../client.ts";
import { connections, groups, messages, sources } from "../schema/index.ts";
import { OUT_OF_TIME, within } from "./budget.ts";
import { positionsOf, scopeOf } from "./message-streams.ts";

/**
 * How many messages of the filter stand in each state, whatever states the filter itself names. A count stops one
 * above COUNT_CAP; null is "not known", when the time was up.
 */
export async function countStates(db: Db, filter: MessageFilter, budgetMs: number): Promise<Record<MessageState, number | null>> {
  const counts = Object.fromEntries(MESSAGE_STATES.map((state) => [state, null])) as Record<MessageState, number | null>;
  const deadline = performance.now() + budgetMs;
  const scope = await scopeOf(db, filter);
  for (const state of MESSAGE_STATES) {
    const left = deadline - performance.now();
    if (left <= 0) break;
    const found = positionsOf({ ...scope, filter: { ...filter, state: [state] } }, "newest", scope.span, COUNT_CAP + 1);
    const rows = await within(db, left, (tx) => tx.execute<{ count: number }>(sql`select count(*) as count from (${found}) as found`));
    if (rows === OUT_OF_TIME) break;
    counts[state] = Number(rows[0]?.count ?? 0);
  }
  return counts;
}

/** Whether anything was ever captured: tells an empty console from a good day. */
export async function anyMessage(db: Db): Promise<boolean> {
  const rows = await db.select({ id: messages.id }).from(messages).limit(1);
  return rows.length > 0;
}

/** Every source there is, by connection and name, at most `limit`. */
export async function listSourceNames(db: Db, limit: number) {
  return db
    .select({ id: sources.id, name: sources.name, connectionId: sources.connectionId, connection: connections.name, kind: connections.kind })
    .from(sources)
    .innerJoin(connections, eq(connections.id, sources.connectionId))
    .orderBy(connections.name, sources.name)
    .limit(limit);
}

const GROUPS_READ = 1_000;

/** The error types of the groups seen last, the one with the most deaths first. */
export async function topErrorTypes(db: Db, sourceId: string | null, limit: number) {
  const recent = db
    .select({ errorType: groups.errorType, deaths: groups.deaths })
    .from(groups)
    .where(and(isNotNull(groups.errorType), sourceId === null ? undefined : eq(groups.sourceId, sourceId)))
    .orderBy(desc(groups.lastSeenAt))
    .limit(GROUPS_READ)
    .as("recent");
  const deaths = sql<number>`sum(${recent.deaths})`.mapWith(Number);
  const rows = await db.select({ errorType: recent.errorType, deaths }).from(recent).groupBy(recent.errorType).orderBy(desc(deaths)).limit(limit);
  return rows.flatMap(({ errorType, deaths }) => (errorType === null ? [] : [{ errorType, deaths }]));
}

/** The title of a group, for the filter's chip; null when there is none. */
export async function groupTitle(db: Db, id: string): Promise<string | null> {
  const [row] = await db.select({ title: groups.title }).from(groups).where(eq(groups.id, id));
  return row?.title ?? null;
}

/** The messages next to `position` within a filter, for moving on from one message to the next. */
export async function neighbours(db: Db, filter: MessageFilter, position: number, budgetMs: number) {
  const scope = await scopeOf(db, filter);
  const idAt = async (order: "newest" | "oldest"): Promise<string | null> => {
    const span = order === "newest" ? { ...scope.span, high: position - 1 } : { ...scope.span, low: position + 1 };
    const rows = await within(db, budgetMs, (tx) =>
      tx.select({ id: messages.id }).from(messages).where(sql`${messages.position} = any(array(${positionsOf(scope, order, span, 1)}))`),
    );
    return rows === OUT_OF_TIME ? null : (rows[0]?.id ?? null);
  };
  const [older, newer] = await Promise.all([idAt("newest"), idAt("oldest")]);
  return { older, newer };
}
