import { bigint, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { SchemaType } from "#core/message/views.ts";
import { moment } from "./columns.ts";
import { connections } from "./connections.ts";

/** Schemas a registry gave, by the id that stands in front of a payload. A registry never gives an id to another schema. */
export const schemas = pgTable(
  "schemas",
  {
    connectionId: uuid("connection_id")
      .notNull()
      .references(() => connections.id, { onDelete: "cascade" }),
    /** The registry's address: what one registry calls 7 is another schema in the next. */
    registry: text().notNull(),
    schemaId: bigint("schema_id", { mode: "number" }).notNull(),
    type: text().$type<SchemaType>().notNull(),
    text: text().notNull(),
    /** JSON text: StoredSchema["references"]. */
    references: text().notNull(),
    fetchedAt: moment("fetched_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.registry, t.schemaId] })],
);
