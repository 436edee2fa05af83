import { bigint, boolean, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import type { Custody } from "#core/brokers/manifest.ts";
import type { FaultCode } from "#core/fault.ts";
import { moment } from "./columns.ts";
import { connections } from "./connections.ts";

/** A queue from which Redrive captures dead letters. */
export const sources = pgTable(
  "sources",
  {
    id: uuid().primaryKey().defaultRandom(),
    connectionId: uuid("connection_id")
      .notNull()
      .references(() => connections.id),
    /** The queue's name. */
    name: text().notNull(),
    /** JSON text of the adapter's source. */
    source: text().notNull(),
    custody: text().$type<Custody>().notNull(),
    managedBy: text("managed_by").$type<"file" | "screen">().notNull(),
    capturing: boolean().notNull(),
    /** Who agreed that capturing empties the queue; null for a copied source. */
    consentBy: text("consent_by"),
    consentAt: moment("consent_at"),
    /** How long a resent message is watched before it counts as resolved. */
    watchSeconds: integer("watch_seconds").notNull().default(300),
    /** The adapter's note of how far a copied source was read. */
    cursor: text(),
    captured: bigint({ mode: "number" }).notNull().default(0),
    lastCapturedAt: moment("last_captured_at"),
    faultCode: text("fault_code").$type<FaultCode>(),
    faultDetail: text("fault_detail"),
    faultAt: moment("fault_at"),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  // one source a queue
  (t) => [unique("sources_connection_name").on(t.connectionId, t.name)],
);

/** Deaths, resends and discards of one source, a row a minute, for inflow and outflow. */
export const sourceMinutes = pgTable(
  "source_minutes",
  {
    sourceId: uuid("source_id")
      .notNull()
      .references(() => sources.id, { onDelete: "cascade" }),
    minute: moment("minute").notNull(),
    died: integer().notNull().default(0),
    resent: integer().notNull().default(0),
    discarded: integer().notNull().default(0),
  },
  // upserted by capture and by settling; read as a range of minutes
  (t) => [unique("source_minutes_key").on(t.sourceId, t.minute)],
);
