import { bigint, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { MessageState } from "#core/message/state.ts";
import { moment } from "./columns.ts";

/** Every change of a message's state. Deaths and attempts tell their part in their own tables. */
export const events = pgTable(
  "events",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    messageId: uuid("message_id").notNull(),
    at: moment("at").notNull().defaultNow(),
    /** A person's name, or `worker`. */
    actor: text().notNull(),
    from: text("from_state").$type<MessageState>(),
    to: text("to_state").$type<MessageState>().notNull(),
    /** A closed set of words, e.g. `ordered`, `lease_expired`, `died_again`, `watched`. */
    cause: text().notNull(),
    reason: text(),
    operationId: uuid("operation_id"),
    attemptId: uuid("attempt_id"),
  },
  // the timeline of one message
  (t) => [index("events_message").on(t.messageId)],
);
