import { sql } from "drizzle-orm";
import { boolean, bigint, index, integer, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { Role } from "#core/roles.ts";
import { moment } from "./columns.ts";

// These four tables are better-auth's; names of columns are ours, of fields are its.

export const user = pgTable(
  "people",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    email: text().notNull().unique(),
    emailVerified: boolean("email_verified").notNull().default(false),
    image: text(),
    role: text().$type<Role>().notNull().default("viewer"),
    disabledAt: moment("disabled_at"),
    lastSignInAt: moment("last_sign_in_at"),
    createdAt: moment("created_at").notNull().defaultNow(),
    updatedAt: moment("updated_at").notNull().defaultNow(),
  },
  // two setups at the same moment can not both make an owner
  (t) => [uniqueIndex("people_one_owner").on(t.role).where(sql`${t.role} = 'owner'`)],
);

export const session = pgTable(
  "sessions",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    /** SHA-256 of the token in the cookie: who reads this table can not sign in with it. */
    token: text().notNull().unique(),
    expiresAt: moment("expires_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    createdAt: moment("created_at").notNull().defaultNow(),
    updatedAt: moment("updated_at").notNull().defaultNow(),
  },
  // signing a person out everywhere
  (t) => [index("sessions_user").on(t.userId)],
);

export const account = pgTable(
  "accounts",
  {
    id: text().primaryKey(),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: moment("access_token_expires_at"),
    refreshTokenExpiresAt: moment("refresh_token_expires_at"),
    scope: text(),
    /** scrypt. */
    password: text(),
    createdAt: moment("created_at").notNull().defaultNow(),
    updatedAt: moment("updated_at").notNull().defaultNow(),
  },
  // sign-in looks up the accounts of a person
  (t) => [index("accounts_user").on(t.userId)],
);

export const verification = pgTable("verifications", {
  id: text().primaryKey(),
  identifier: text().notNull().unique(),
  value: text().notNull(),
  expiresAt: moment("expires_at").notNull(),
  createdAt: moment("created_at").notNull().defaultNow(),
  updatedAt: moment("updated_at").notNull().defaultNow(),
});

/** How often something was tried within its window. */
export const rateLimit = pgTable("rate_limits", {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  count: integer().notNull(),
  /** When the window began, ms since 1970. */
  lastRequest: bigint("last_request", { mode: "number" }).notNull(),
});
