import { sql } from "drizzle-orm";
import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { CommandKind } from "#core/commands.ts";
import type { FaultCode } from "#core/fault.ts";
import { moment } from "./columns.ts";

/** A wish of the web for a worker. */
export const commands = pgTable(
  "commands",
  {
    id: uuid().primaryKey().defaultRandom(),
    kind: text().$type<CommandKind>().notNull(),
    /** JSON text, see core/commands.ts; secrets in it are sealed. */
    input: text().notNull(),
    state: text().$type<"waiting" | "running" | "done" | "failed">().notNull().default("waiting"),
    /** JSON text of the answer. */
    answer: text(),
    faultCode: text("fault_code").$type<FaultCode>(),
    faultDetail: text("fault_detail"),
    requestedBy: text("requested_by").notNull(),
    leaseUntil: moment("lease_until"),
    createdAt: moment("created_at").notNull().defaultNow(),
    finishedAt: moment("finished_at"),
  },
  // the workers look for waiting ones, and for running ones whose worker died
  (t) => [index("commands_open").on(t.createdAt).where(sql`state in ('waiting', 'running')`)],
);
