import { sql } from "drizzle-orm";
import { index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { Act } from "#core/message/state.ts";
import { moment } from "./columns.ts";

export type OperationState = "running" | "paused" | "cancelled" | "finished";
/** `waiting` until settled; `skipped`: the message had moved on; `called_back`: cancelled before its turn. */
export type ItemOutcome = "waiting" | "confirmed" | "refused" | "unknown" | "done" | "skipped" | "called_back";

/** An operator's order over one or many messages. Its items are frozen when it is confirmed. */
export const operations = pgTable(
  "operations",
  {
    id: uuid().primaryKey(),
    act: text().$type<Act>().notNull(),
    state: text().$type<OperationState>().notNull(),
    actorId: text("actor_id").notNull(),
    actor: text().notNull(),
    reason: text(),
    /** JSON text: where to resend, see core/operation.ts; null for other acts. */
    destination: text(),
    /** Of an edit and resend. */
    revisionId: uuid("revision_id"),
    /** JSON text: the selection as ordered, for the record. */
    selection: text().notNull(),
    /** Messages a second; null is as fast as the broker takes them. */
    rate: integer(),
    total: integer().notNull(),
    /** The pace's clock: nothing is claimed before it. */
    nextAt: moment("next_at").notNull().defaultNow(),
    /** From the client: a repeated click answers with the first operation. */
    requestId: text("request_id").notNull().unique(),
    createdAt: moment("created_at").notNull().defaultNow(),
    finishedAt: moment("finished_at"),
  },
  (t) => [
    // the workers look for open operations
    index("operations_open").on(t.createdAt).where(sql`state in ('running', 'paused')`),
    // the list
    index("operations_created").on(t.createdAt),
  ],
);

/** One message of one operation and what became of it. */
export const operationItems = pgTable(
  "operation_items",
  {
    operationId: uuid("operation_id")
      .notNull()
      .references(() => operations.id, { onDelete: "cascade" }),
    messageId: uuid("message_id").notNull(),
    outcome: text().$type<ItemOutcome>().notNull(),
    attemptId: uuid("attempt_id"),
    detail: text(),
    settledAt: moment("settled_at"),
  },
  (t) => [
    primaryKey({ columns: [t.operationId, t.messageId] }),
    // progress: counts by outcome
    index("operation_items_outcome").on(t.operationId, t.outcome),
  ],
);
