import { and, gt, inArray, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { groupMinutes } from "../schema/index.ts";

/** How far back a sparkline looks and how it is cut. */
const SPANS = {
  "1h": { points: 60, minutes: 1 },
  "24h": { points: 48, minutes: 30 },
} as const;
export type Span = keyof typeof SPANS;

/** Deaths of each group over the span, oldest first; none is 0. */
export async function groupTrends(db: Db, ids: readonly string[], span: Span): Promise<Map<string, number[]>> {
  const { points, minutes } = SPANS[span];
  const trends = new Map(ids.map((id) => [id, Array.from({ length: points }, () => 0)]));
  if (ids.length === 0) return trends;
  const ago = sql<number>`extract(epoch from date_trunc('minute', now()) - ${groupMinutes.minute})::int / ${minutes * 60}`;
  const rows = await db
    .select({ id: groupMinutes.groupId, ago: ago.mapWith(Number).as("ago"), died: sql<number>`sum(${groupMinutes.died})`.mapWith(Number) })
    .from(groupMinutes)
    .where(
      and(inArray(groupMinutes.groupId, [...ids]), gt(groupMinutes.minute, sql`now() - ${points * minutes} * interval '1 minute'`)),
    )
    .groupBy(groupMinutes.groupId, sql`ago`);
  for (const row of rows) {
    const trend = trends.get(row.id);
    const index = points - 1 - Math.max(row.ago, 0);
    if (trend?.[index] !== undefined) trend[index] += row.died;
  }
  return trends;
}
