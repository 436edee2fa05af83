import { z } from "zod";
import { defineManifest } from "./manifest.ts";

export const pgboss = defineManifest({
  kind: "pgboss",
  label: "pg-boss",
  settings: z.strictObject({
    host: z.string().min(1).default("127.0.0.1"),
    port: z.coerce.number().int().min(1).max(65535).default(5432),
    database: z.string().min(1).default("postgres"),
    username: z.string().min(1).default("postgres"),
    tls: z.boolean().default(false),
    /** The schema pg-boss lives in. */
    schema: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, "letters, digits and underscores")
      .default("pgboss"),
  }),
  secrets: z.strictObject({ password: z.string().default("") }),
  source: z.strictObject({ queue: z.string().min(1).max(255) }),
  target: z.strictObject({ kind: z.literal("pgboss"), queue: z.string().min(1).max(255) }),
  form: {
    settings: [
      { name: "host", input: "text", placeholder: "postgres.internal" },
      { name: "port", input: "number", placeholder: "5432" },
      { name: "database", input: "text", placeholder: "app" },
      { name: "username", input: "text" },
      { name: "tls", input: "switch" },
      { name: "schema", input: "text", placeholder: "pgboss" },
    ],
    secrets: [{ name: "password", input: "password" }],
  },
  permissions: ["usage on the schema", "select, insert, update on its tables"],
  capabilities: { discover: true },
  about: {
    client: "SQL on pg-boss's own tables (versions 10 to 12).",
    capture: "jobs of a dead-letter queue are locked, stored and completed in one transaction each batch.",
    depth: "exact, counted.",
    resend: "a new job under the attempt's id in the queue that failed.",
  },
});
