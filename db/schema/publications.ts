import { sql } from "drizzle-orm";
import { index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import type { FaultCode } from "#core/fault.ts";
import type { PublicationState } from "#core/publication.ts";
import { bytea, moment } from "./columns.ts";
import { connections } from "./connections.ts";

/** Programs that may publish, and do nothing else. */
export const apiKeys = pgTable("api_keys", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
  /** SHA-256 of the key, hex: who reads this table can not publish with it. */
  hash: text().notNull().unique(),
  /** Its first characters, by which people tell keys apart. */
  beginning: text().notNull(),
  createdBy: text("created_by").notNull(),
  createdAt: moment("created_at").notNull().defaultNow(),
  /** To the minute. */
  lastUsedAt: moment("last_used_at"),
  revokedAt: moment("revoked_at"),
  revokedBy: text("revoked_by"),
});

/** A message that a program gave to publish: written by the web, published by a worker, once. */
export const publications = pgTable(
  "publications",
  {
    /** Also the attempt's id: there is one attempt. */
    id: uuid().primaryKey(),
    apiKeyId: uuid("api_key_id")
      .notNull()
      .references(() => apiKeys.id),
    /** What the program repeats a request under; null where it gave none. */
    idempotencyKey: text("idempotency_key"),
    /** SHA-256 of the request's body, hex: another body under the same key is refused. */
    requestHash: text("request_hash").notNull(),
    /** Null once the connection was removed: what waited for it is refused then, and says so. */
    connectionId: uuid("connection_id").references(() => connections.id, { onDelete: "set null" }),
    /** JSON text: a target of the connection's kind. */
    target: text().notNull(),
    /** JSON text: Header[]. */
    headers: text().notNull(),
    contentType: text("content_type"),
    key: text(),
    /** Emptied once the broker has confirmed it. */
    body: bytea().notNull(),
    size: integer().notNull(),
    state: text().$type<PublicationState>().notNull().default("waiting"),
    worker: text(),
    leaseUntil: moment("lease_until"),
    receipt: text(),
    faultCode: text("fault_code").$type<FaultCode>(),
    faultDetail: text("fault_detail"),
    createdAt: moment("created_at").notNull().defaultNow(),
    finishedAt: moment("finished_at"),
  },
  (t) => [
    // the constraint that makes equal requests one
    unique("publications_idempotency").on(t.apiKeyId, t.idempotencyKey),
    // the workers' claim
    index("publications_waiting").on(t.connectionId, t.createdAt).where(sql`state = 'waiting'`),
    // leases that ran out
    index("publications_leases").on(t.leaseUntil).where(sql`state = 'publishing'`),
    // forgetting
    index("publications_finished").on(t.finishedAt),
  ],
);
