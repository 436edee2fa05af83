import { z } from "zod";

const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Signs sessions; at least 32 characters. */
  REDRIVE_AUTH_SECRET: z.string().min(32),
  /** The address people type, e.g. https://redrive.example.com; checked against the Origin of writes. */
  REDRIVE_PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  /** Comma-separated addresses of reverse proxies whose X-Forwarded-For is believed. */
  REDRIVE_TRUSTED_PROXIES: z.string().default(""),
  /** What remembers producers' Idempotency-Keys: `postgres`, or a Redis in front of it, rediss://user:password@host:port/database. */
  REDRIVE_IDEMPOTENCY_STORE: z.union([z.literal("postgres"), z.url({ protocol: /^rediss?$/ })], "postgres, or an address that begins with redis:// or rediss://").default("postgres"),
});
export type ServerEnv = z.infer<typeof schema>;

let read: ServerEnv | null = null;

/** The web process's environment. Throws with the variable's name and what it should be. */
export function serverEnv(): ServerEnv {
  if (read !== null) return read;
  const result = schema.safeParse(process.env);
  if (!result.success) throw new Error(`environment of the web process: ${z.prettifyError(result.error)}`);
  read = result.data;
  return read;
}

/** `next dev`: React then needs eval to show where an error came from. */
export const isDevelopment = process.env.NODE_ENV === "development";
