import { bigint, index, pgTable, text } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

/** Who did what. Append only: a trigger refuses update, delete and truncate. */
export const audit = pgTable(
  "audit",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: moment("at").notNull().defaultNow(),
    actorId: text("actor_id"),
    actor: text().notNull(),
    /** `<noun>.<verb>`, e.g. `message.resend`, `source.capture`, `session.sign_in`. */
    act: text().notNull(),
    subject: text(),
    /** JSON text. */
    detail: text().notNull().default("{}"),
  },
  (t) => [
    // filtered by act on its page
    index("audit_act").on(t.act, t.id),
    // filtered by person
    index("audit_actor").on(t.actorId, t.id),
    // a range of time
    index("audit_at").on(t.at),
  ],
);
