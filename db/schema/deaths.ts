import { bigint, index, integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { DeathReason } from "#core/message/normal-form.ts";
import { moment } from "./columns.ts";
import { sources } from "./sources.ts";

/** One batch of capture. While `acceptedAt` is null the broker may deliver its deaths again. */
export const captureBatches = pgTable("capture_batches", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  sourceId: uuid("source_id")
    .notNull()
    .references(() => sources.id),
  worker: text().notNull(),
  count: integer().notNull(),
  storedAt: moment("stored_at").notNull().defaultNow(),
  acceptedAt: moment("accepted_at"),
});

/** One time a message died. */
export const deaths = pgTable(
  "deaths",
  {
    id: uuid().primaryKey(),
    messageId: uuid("message_id").notNull(),
    /** Which death of its message, from 1. */
    number: integer().notNull(),
    sourceId: uuid("source_id")
      .notNull()
      .references(() => sources.id),
    batchId: bigint("batch_id", { mode: "number" }).notNull(),
    /** Unique per source: `=<id>` when the broker gives one, else `<sha256>:<uuid>`. */
    identity: text().notNull(),
    capturedAt: moment("captured_at").notNull(),
    bodyId: uuid("body_id").notNull(),
    size: integer().notNull(),
    /** JSON text: Header[]. Text, since jsonb refuses NUL and lone surrogates. */
    headers: text().notNull(),
    /** JSON text: Native. */
    native: text().notNull(),
    /** JSON text: NormalForm. */
    normal: text().notNull(),
    reason: text().$type<DeathReason>().notNull(),
    /** The resend after which it died again, when it carried our stamp. */
    afterAttemptId: uuid("after_attempt_id"),
  },
  (t) => [
    // redelivery finds the stored death; the prefix of a content hash is a range of this index
    uniqueIndex("deaths_identity").on(t.sourceId, t.identity),
    // the timeline of one message
    index("deaths_message").on(t.messageId),
  ],
);
