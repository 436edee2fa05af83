import { bigint, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import type { Place } from "#core/brokers/adapter.ts";
import type { Custody } from "#core/brokers/manifest.ts";
import { moment } from "./columns.ts";
import { connections } from "./connections.ts";

/** Every place where messages wait that a connection showed us. */
export const queues = pgTable(
  "queues",
  {
    id: uuid().primaryKey().defaultRandom(),
    connectionId: uuid("connection_id")
      .notNull()
      .references(() => connections.id, { onDelete: "cascade" }),
    name: text().notNull(),
    type: text().notNull(),
    custody: text().$type<Custody>().notNull(),
    /** JSON text of the adapter's source. */
    source: text().notNull(),
    /** JSON text: DeadLetterSign[]. */
    deadLetterSigns: text("dead_letter_signs").notNull().default("[]"),
    /** JSON text: string[]. */
    warnings: text().notNull().default("[]"),
    depthKind: text("depth_kind").$type<"exact" | "upper_bound" | "estimate" | "unknown">().notNull().default("unknown"),
    /** Null is unknown, never zero. */
    ready: bigint({ mode: "number" }),
    inFlight: bigint("in_flight", { mode: "number" }),
    consumers: integer(),
    /** Redrive's own place in a queue that keeps what was read; null where there is no such thing. */
    place: text().$type<Place>(),
    /** JSON text: Readers, as of the connection's `discovered_at`; null is unknown. */
    readers: text(),
    measuredAt: moment("measured_at"),
    /** Null while the broker still shows it. */
    goneAt: moment("gone_at"),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  // discovery upserts by name
  (t) => [unique("queues_connection_name").on(t.connectionId, t.name)],
);

/** One depth a minute for the trend. */
export const queueSamples = pgTable(
  "queue_samples",
  {
    queueId: uuid("queue_id")
      .notNull()
      .references(() => queues.id, { onDelete: "cascade" }),
    minute: moment("minute").notNull(),
    ready: bigint({ mode: "number" }).notNull(),
  },
  // the trend of one queue, in order
  (t) => [primaryKey({ columns: [t.queueId, t.minute] })],
);
