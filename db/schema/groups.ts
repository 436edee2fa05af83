import { bigint, index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import type { DeathReason } from "#core/message/normal-form.ts";
import { moment } from "./columns.ts";
import { sources } from "./sources.ts";

/** Messages with the same failure fingerprint in the same source. */
export const groups = pgTable(
  "groups",
  {
    id: uuid().primaryKey().defaultRandom(),
    sourceId: uuid("source_id")
      .notNull()
      .references(() => sources.id),
    fingerprint: text().notNull(),
    title: text().notNull(),
    errorType: text("error_type"),
    reason: text().$type<DeathReason>().notNull(),
    /** Every death ever counted here. */
    deaths: bigint({ mode: "number" }).notNull(),
    firstSeenAt: moment("first_seen_at").notNull(),
    lastSeenAt: moment("last_seen_at").notNull(),
  },
  (t) => [
    // capture upserts by fingerprint
    unique("groups_fingerprint").on(t.sourceId, t.fingerprint),
    // the list of groups, newest first
    index("groups_last_seen").on(t.lastSeenAt),
  ],
);

/** Deaths of one group, a row a minute, for the sparkline. */
export const groupMinutes = pgTable(
  "group_minutes",
  {
    groupId: uuid("group_id")
      .notNull()
      .references(() => groups.id, { onDelete: "cascade" }),
    minute: moment("minute").notNull(),
    died: integer().notNull(),
  },
  // upserted by capture; read as a range of minutes
  (t) => [unique("group_minutes_key").on(t.groupId, t.minute)],
);
