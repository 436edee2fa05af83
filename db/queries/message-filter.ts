import { and, eq, gte, inArray, lte, sql, type SQL } from "drizzle-orm";
import { sinceMs, type MessageFilter } from "#core/message/filter.ts";
import { messages } from "../schema/index.ts";

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

/** The filter as a condition on messages. Every value is a parameter. */
export function matching(filter: MessageFilter): SQL | undefined {
  return and(
    filter.connection === undefined ? undefined : eq(messages.connectionId, filter.connection),
    filter.source === undefined ? undefined : eq(messages.sourceId, filter.source),
    filter.group === undefined ? undefined : eq(messages.groupId, filter.group),
    filter.state === undefined ? undefined : inArray(messages.state, filter.state),
    filter.reason === undefined ? undefined : inArray(messages.reason, filter.reason),
    filter.error === undefined ? undefined : eq(messages.errorType, filter.error),
    filter.q === undefined ? undefined : sql`${messages.search} like ${`%${escapeLike(filter.q.toLowerCase())}%`}`,
    filter.since === undefined
      ? undefined
      : sql`${messages.lastDeathAt} >= now() - ${sinceMs(filter.since)} * interval '1 millisecond'`,
    filter.from === undefined ? undefined : gte(messages.lastDeathAt, new Date(filter.from)),
    filter.to === undefined ? undefined : lte(messages.lastDeathAt, new Date(filter.to)),
  );
}
