import { index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { FaultCode } from "#core/fault.ts";
import { moment } from "./columns.ts";

/** One try to publish one message: committed before the publish, its outcome after. */
export const attempts = pgTable(
  "attempts",
  {
    id: uuid().primaryKey(),
    messageId: uuid("message_id").notNull(),
    operationId: uuid("operation_id").notNull(),
    revisionId: uuid("revision_id"),
    /** Which attempt of its message, from 1; the `redrive-count` it was stamped with. */
    number: integer().notNull(),
    /** JSON text: Place; null when there was none to be found. */
    target: text(),
    worker: text().notNull(),
    startedAt: moment("started_at").notNull(),
    finishedAt: moment("finished_at"),
    /** Null while under way. */
    outcome: text().$type<"confirmed" | "refused" | "unknown">(),
    faultCode: text("fault_code").$type<FaultCode>(),
    faultDetail: text("fault_detail"),
    receipt: text(),
  },
  // the timeline of one message
  (t) => [index("attempts_message").on(t.messageId)],
);

/** An edit: the original is never changed. */
export const revisions = pgTable(
  "revisions",
  {
    id: uuid().primaryKey().defaultRandom(),
    messageId: uuid("message_id").notNull(),
    /** From 1; the original is 0. */
    number: integer().notNull(),
    /** The death it was made from. */
    deathId: uuid("death_id").notNull(),
    bodyId: uuid("body_id").notNull(),
    /** JSON text: Header[]. */
    headers: text().notNull(),
    authorId: text("author_id").notNull(),
    author: text().notNull(),
    reason: text().notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  // the timeline of one message
  (t) => [index("revisions_message").on(t.messageId)],
);
