import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgSequence, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { DeliveryErrorCode } from "#core/route/outcome.ts";
import type { DeadCause, DeliveryState, Trigger } from "#core/route/state.ts";
import { bytea, moment } from "./columns.ts";

// The three tables of this file are partitioned by day on their id, a UUID of version 7, which begins with the time of its
// making: retention drops partitions (db/queries/partitions.ts). Their migration was written by hand for that.

export const deliveryPosition = pgSequence("delivery_position");

/** One message on its way through a route. Small rows: they change with each try. */
export const deliveries = pgTable(
  "deliveries",
  {
    id: uuid().primaryKey(),
    routeId: uuid("route_id").notNull(),
    /** Order of arrival. */
    position: bigint({ mode: "number" }).notNull(),
    state: text().$type<DeliveryState>().notNull(),
    /** When it may be tried; null while an earlier message of its order key is not done. */
    dueAt: moment("due_at"),
    /** Tries begun. */
    tries: integer().notNull().default(0),
    /** ms of the wait before the last try. */
    lastDelayMs: integer("last_delay_ms").notNull().default(0),
    /** The attempt that may settle it, and until when: fences against late verdicts. */
    attemptId: uuid("attempt_id"),
    leaseUntil: moment("lease_until"),
    /** What the next try is: `first`, `automatic`, `manual`, `operation`. */
    nextTrigger: text("next_trigger").$type<Trigger>().notNull(),
    /** Set by a person who gives it up; a worker then makes it dead. */
    givenUpBy: text("given_up_by"),
    givenUpReason: text("given_up_reason"),
    orderKey: text("order_key"),
    guardKey: text("guard_key"),
    /** It was not delivered: this delivery of an equal message was. */
    duplicateOf: uuid("duplicate_of"),
    /** Of the last failed try. */
    errorCode: text("error_code").$type<DeliveryErrorCode>(),
    errorStatus: integer("error_status"),
    errorMessage: text("error_message"),
    deadCause: text("dead_cause").$type<DeadCause>(),
    /** The message it is part of: null until it died or when it was resent; the message's id then. */
    messageId: uuid("message_id"),
    /** The message's key, capped, for the list. */
    key: text(),
    /** Bytes of the body. */
    size: integer().notNull(),
    receivedAt: moment("received_at").notNull().defaultNow(),
    changedAt: moment("changed_at").notNull().defaultNow(),
    finishedAt: moment("finished_at"),
  },
  (t) => [
    // the workers' claim: due first, at the same cost however many are scheduled for later
    index("deliveries_due").on(t.routeId, t.dueAt).where(sql`state in ('pending', 'retrying')`),
    // leases that ran out
    index("deliveries_leases").on(t.leaseUntil).where(sql`state = 'delivering'`),
    // the next of an order key
    index("deliveries_order").on(t.routeId, t.orderKey, t.position).where(sql`order_key is not null and state in ('pending', 'delivering', 'retrying')`),
    // the list of one route, newest first, by state
    index("deliveries_route").on(t.routeId, t.state, t.position),
    // the timeline of one message
    index("deliveries_message").on(t.messageId).where(sql`message_id is not null`),
  ],
);

/** Written once: what the message is. */
export const deliveryContents = pgTable("delivery_contents", {
  /** The delivery's. */
  id: uuid().primaryKey(),
  body: bytea().notNull(),
  /** JSON text: Header[]. */
  headers: text().notNull(),
  /** JSON text: Native. */
  native: text().notNull(),
});

/** One try: written before anything is sent, its outcome after. */
export const deliveryAttempts = pgTable(
  "delivery_attempts",
  {
    id: uuid().primaryKey(),
    deliveryId: uuid("delivery_id").notNull(),
    routeId: uuid("route_id").notNull(),
    /** From 1, of its delivery. */
    number: integer().notNull(),
    trigger: text().$type<Trigger>().notNull(),
    worker: text().notNull(),
    startedAt: moment("started_at").notNull(),
    finishedAt: moment("finished_at"),
    durationMs: integer("duration_ms"),
    /** Null while under way. */
    outcome: text().$type<"confirmed" | "refused" | "unknown">(),
    errorCode: text("error_code").$type<DeliveryErrorCode>(),
    errorStatus: integer("error_status"),
    errorType: text("error_type"),
    errorMessage: text("error_message"),
    errorStack: text("error_stack"),
    /** HTTP status of the answer, whatever the outcome. */
    answerStatus: integer("answer_status"),
    /** JSON text: [name, value][]. */
    answerHeaders: text("answer_headers"),
    /** The first bytes of the answer. */
    answerBody: bytea("answer_body"),
    answerCut: boolean("answer_cut"),
    /** The state the delivery came to by it. */
    decision: text().$type<DeliveryState>(),
    /** Which rule or table line decided. */
    decidedBy: text("decided_by"),
    deadCause: text("dead_cause").$type<DeadCause>(),
    /** ms until the next try. */
    nextDelayMs: integer("next_delay_ms"),
  },
  (t) => [
    // the timeline of one delivery
    index("delivery_attempts_delivery").on(t.deliveryId),
    // the recent attempts and top errors of a route; ids follow time
    index("delivery_attempts_route").on(t.routeId, t.id),
  ],
);
