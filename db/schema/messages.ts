import { sql } from "drizzle-orm";
import { bigint, index, integer, pgSequence, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { DeathReason } from "#core/message/normal-form.ts";
import type { MessageState } from "#core/message/state.ts";
import { bytea, moment } from "./columns.ts";
import { connections } from "./connections.ts";
import { groups } from "./groups.ts";
import { sources } from "./sources.ts";

/** Bodies apart from messages, so that list scans never touch them. */
export const bodies = pgTable("bodies", {
  id: uuid().primaryKey(),
  bytes: bytea().notNull(),
});

export const messagePosition = pgSequence("message_position");

/** One logical message over its whole life. Columns from `reason` on are of its latest death, for the list. */
export const messages = pgTable(
  "messages",
  {
    id: uuid().primaryKey(),
    /** The place in the list: from the sequence, anew at each death, so that the newest death comes first. */
    position: bigint({ mode: "number" }).notNull(),
    connectionId: uuid("connection_id")
      .notNull()
      .references(() => connections.id),
    sourceId: uuid("source_id")
      .notNull()
      .references(() => sources.id),
    groupId: uuid("group_id")
      .notNull()
      .references(() => groups.id),
    state: text().$type<MessageState>().notNull(),
    /** The attempt that may settle this message: a fence against late verdicts. */
    attemptId: uuid("attempt_id"),
    leaseUntil: moment("lease_until"),
    /** The operation it waits for while queued. */
    operationId: uuid("operation_id"),
    /** Until when a resent message is watched. */
    watchUntil: moment("watch_until"),
    deaths: integer().notNull(),
    redrives: integer().notNull().default(0),
    lastDeathId: uuid("last_death_id").notNull(),
    bodyId: uuid("body_id").notNull(),
    /** Bytes of the body. */
    size: integer().notNull(),
    rule: text().notNull(),
    reason: text().$type<DeathReason>().notNull(),
    errorType: text("error_type"),
    errorMessage: text("error_message"),
    /** The queue in which it failed, or its first destination. */
    origin: text(),
    key: text(),
    /** Failed tries before this death, as the message tells; null when it does not. */
    attempts: integer(),
    contentType: text("content_type"),
    /** Lower case error, key, ids and header values, capped: what free text searches. */
    search: text().notNull(),
    firstFailedAt: moment("first_failed_at"),
    lastFailedAt: moment("last_failed_at"),
    capturedAt: moment("captured_at").notNull(),
    lastDeathAt: moment("last_death_at").notNull(),
    changedAt: moment("changed_at").notNull(),
  },
  (t) => [
    // the unfiltered list, and the cursor of every page
    uniqueIndex("messages_position").on(t.position),
    // the list by state (the default: dead)
    index("messages_state").on(t.state, t.position),
    // the list and the counts of one source
    index("messages_source").on(t.sourceId, t.state, t.position),
    // the list and the counts of one group
    index("messages_group").on(t.groupId, t.state, t.position),
    // the workers' claim: few rows at a time
    index("messages_queued").on(t.operationId, t.position).where(sql`state = 'queued'`),
    // leases that ran out
    index("messages_sending").on(t.leaseUntil).where(sql`state = 'sending'`),
    // watch windows that ended
    index("messages_resent").on(t.watchUntil).where(sql`state = 'resent'`),
    // what was resolved of late, for the overview
    index("messages_resolved").on(t.changedAt).where(sql`state = 'resolved'`),
  ],
);
