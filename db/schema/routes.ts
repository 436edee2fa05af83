import { bigint, boolean, index, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import type { FaultCode } from "#core/fault.ts";
import type { BreakerState } from "#core/route/breaker.ts";
import { moment } from "./columns.ts";
import { sources } from "./sources.ts";

export type RouteState = "running" | "paused";

/** Source queue -> destination. The queue is read by way of a source of its own, whose cursor, lease and faults it uses. */
export const routes = pgTable(
  "routes",
  {
    id: uuid().primaryKey().defaultRandom(),
    name: text().notNull().unique(),
    sourceId: uuid("source_id")
      .notNull()
      .unique()
      .references(() => sources.id),
    /** JSON text: RouteDefinition of core/route/definition.ts. */
    definition: text().notNull(),
    /** Grows with each change of the definition: an edit names the one it was made from. */
    version: integer().notNull().default(1),
    state: text().$type<RouteState>().notNull(),
    /** By redrive.yaml, or on the screen. */
    managedBy: text("managed_by").$type<"file" | "screen">().notNull().default("screen"),
    /** False while workers leave the queue alone: the breaker is open, or as much waits as may. */
    consuming: boolean().notNull().default(true),
    /** Why it does not consume: `breaker`, `full`, `guard`; null when it does. */
    heldBy: text("held_by").$type<"breaker" | "full" | "guard">(),
    /** What keeps it from delivering, e.g. a guard store that is down. */
    faultCode: text("fault_code").$type<FaultCode>(),
    faultDetail: text("fault_detail"),
    faultAt: moment("fault_at"),
    /** The pace's clock: nothing is claimed before it. */
    nextAt: moment("next_at").notNull().defaultNow(),
    createdAt: moment("created_at").notNull().defaultNow(),
    changedAt: moment("changed_at").notNull().defaultNow(),
  },
);

/** A breaker per destination, shared by all workers and by all routes that deliver there. */
export const breakers = pgTable("breakers", {
  /** Which destination: `http <origin>`, `queue <connection> <target>`, `module <file>`. */
  destination: text().primaryKey(),
  state: text().$type<BreakerState>().notNull(),
  /** When it came into this state. */
  since: moment("since").notNull().defaultNow(),
  /** Why it opened, one line. */
  reason: text(),
  /** `worker`, or the person who opened or closed it by hand. */
  changedBy: text("changed_by").notNull(),
  /** Probes that failed since it opened. */
  probes: integer().notNull().default(0),
  /** When open: the next probe. When half open: until when the probe's worker has it. */
  probeAt: moment("probe_at"),
});

/** What a route did, a row a minute. */
export const routeMinutes = pgTable(
  "route_minutes",
  {
    routeId: uuid("route_id")
      .notNull()
      .references(() => routes.id, { onDelete: "cascade" }),
    minute: moment("minute").notNull(),
    received: integer().notNull().default(0),
    delivered: integer().notNull().default(0),
    duplicates: integer().notNull().default(0),
    /** Tries that failed or had no verdict. */
    failed: integer().notNull().default(0),
    dead: integer().notNull().default(0),
    /** Tries by duration: element i counts those below 2^i ms that are in no element before it; 20 of them. */
    durations: bigint({ mode: "number" }).array().notNull(),
  },
  // upserted by settling; read as a range of minutes
  (t) => [primaryKey({ columns: [t.routeId, t.minute] })],
);

/**
 * A guard's memory in Postgres: one row a key. Claimed with a lease before a delivery, completed after it in the
 * transaction that settles it, deleted when the delivery failed for good.
 */
export const guardKeys = pgTable(
  "guard_keys",
  {
    routeId: uuid("route_id")
      .notNull()
      .references(() => routes.id, { onDelete: "cascade" }),
    key: text().notNull(),
    /** The delivery that has or had it. */
    owner: uuid().notNull(),
    /** Null while claimed. */
    completedAt: moment("completed_at"),
    /** Claimed: until when. Completed: how long it is remembered. */
    until: moment("until").notNull(),
  },
  (t) => [
    // the constraint that makes two claims one
    primaryKey({ columns: [t.routeId, t.key] }),
    // forgetting
    index("guard_keys_until").on(t.until),
  ],
);

/** Redelivery finds the delivery that was stored: the identity of each message taken, as of deaths. */
export const deliveryIdentities = pgTable(
  "delivery_identities",
  {
    id: uuid().primaryKey(),
    sourceId: uuid("source_id").notNull(),
    /** `=<id>` when the broker gives one, else `<sha256>:<uuid>`. */
    identity: text().notNull(),
    batchId: bigint("batch_id", { mode: "number" }).notNull(),
    receivedAt: moment("received_at").notNull().defaultNow(),
  },
  (t) => [
    // redelivery finds the stored one; the prefix of a content hash is a range of this index
    unique("delivery_identities_identity").on(t.sourceId, t.identity),
    // forgetting what no broker delivers again
    index("delivery_identities_received").on(t.receivedAt),
  ],
);

