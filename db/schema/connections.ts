import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { BrokerKind } from "#core/brokers/index.ts";
import type { FaultCode } from "#core/fault.ts";
import { moment } from "./columns.ts";

/** One broker system Redrive talks to. */
export const connections = pgTable("connections", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull().unique(),
  kind: text().$type<BrokerKind>().notNull(),
  /** JSON text, checked by the manifest's schema. */
  settings: text().notNull(),
  /** JSON text sealed for the workers' key; the web can write it and not read it. */
  secrets: text().notNull(),
  managedBy: text("managed_by").$type<"file" | "screen">().notNull(),
  /** Grows with every change, so that workers open their sessions anew. */
  revision: integer().notNull().default(1),
  state: text().$type<"unknown" | "up" | "down">().notNull().default("unknown"),
  faultCode: text("fault_code").$type<FaultCode>(),
  faultDetail: text("fault_detail"),
  /** Since when `state` holds. */
  stateSince: moment("state_since").notNull().defaultNow(),
  /** When the workers last measured depths here. */
  measuredAt: moment("measured_at"),
  /** When the workers last listed the queues here. */
  discoveredAt: moment("discovered_at"),
  createdAt: moment("created_at").notNull().defaultNow(),
});
