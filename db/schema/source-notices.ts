import { bigint, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";
import { sources } from "./sources.ts";

/** What capture met that stops nothing and must not pass unseen: offsets that were gone before they were read. */
export const sourceNotices = pgTable(
  "source_notices",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    sourceId: uuid("source_id")
      .notNull()
      .references(() => sources.id, { onDelete: "cascade" }),
    at: moment("at").notNull().defaultNow(),
    /** In English, by the adapter. */
    text: text().notNull(),
  },
  // the newest of one source
  (t) => [index("source_notices_newest").on(t.sourceId, t.id)],
);
