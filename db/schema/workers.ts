import { bigint, integer, pgTable, text } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";

/** One holder per name; `token` grows with each holder and fences the earlier ones. Times are of Postgres. */
export const leases = pgTable("leases", {
  name: text().primaryKey(),
  holder: text().notNull(),
  token: bigint({ mode: "number" }).notNull(),
  until: moment("until").notNull(),
});

/** Health as a row. */
export const workers = pgTable("workers", {
  id: text().primaryKey(),
  host: text().notNull(),
  pid: integer().notNull(),
  version: text().notNull(),
  startedAt: moment("started_at").notNull().defaultNow(),
  beatAt: moment("beat_at").notNull().defaultNow(),
  /** JSON text: what it runs, since when, the last error of each. */
  duties: text().notNull().default("[]"),
});

/** Small facts of this installation: the sealing key's public half, the setup token's hash, the environment's name. */
export const settings = pgTable("settings", {
  key: text().primaryKey(),
  value: text().notNull(),
});
