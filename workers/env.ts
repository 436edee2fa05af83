import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { privateCap, type PrivateCap } from "./destinations/address-guard.ts";

const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** PEM of the private key that opens the connections' secrets. */
  REDRIVE_SECRET_KEY_FILE: z.string().min(1),
  REDRIVE_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  /** Folder of the modules that routes deliver to. */
  REDRIVE_MODULES_DIR: z.string().min(1).optional(),
  /** Private addresses that routes may name: `allow`, `deny`, or CIDR blocks parted by commas. */
  REDRIVE_PRIVATE_DESTINATIONS: z.string().min(1).default("deny"),
  /** For tests: `<point>:<n>` kills this process with -9 at the n-th passing of a point. */
  REDRIVE_FAILPOINT: z.string().regex(/^[a-z.]+:\d+$/i).optional(),
});

export type WorkerEnv = {
  readonly databaseUrl: string;
  readonly privateKey: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly failpoint: string | null;
  /** What routes sign and sign in with: variables that begin with ROUTE_, and no other, whatever a route names. */
  readonly routeSecret: (name: string) => string | undefined;
  readonly privateCap: PrivateCap;
  /** Where modules of routes lie, null where there are none, and the environment they see: all but Redrive's own. */
  readonly modules: { readonly folder: string | null; readonly variables: Readonly<Record<string, string>> };
  /** Unique per process. */
  readonly workerId: string;
  readonly host: string;
};

/** The workers' environment. Throws with the variable's name and what it should be. */
export function workerEnv(): WorkerEnv {
  const result = schema.safeParse(process.env);
  if (!result.success) throw new Error(`environment of the workers: ${z.prettifyError(result.error)}`);
  const env = result.data;
  return {
    databaseUrl: env.DATABASE_URL,
    privateKey: readFileSync(env.REDRIVE_SECRET_KEY_FILE, "utf8"),
    logLevel: env.REDRIVE_LOG_LEVEL,
    failpoint: env.REDRIVE_FAILPOINT ?? null,
    routeSecret: (name) => (name.startsWith("ROUTE_") ? process.env[name] : undefined),
    privateCap: privateCap(env.REDRIVE_PRIVATE_DESTINATIONS),
    modules: { folder: env.REDRIVE_MODULES_DIR ?? null, variables: variablesOfOthers() },
    workerId: `${hostname()}-${process.pid}-${crypto.randomUUID().slice(0, 8)}`,
    host: hostname(),
  };
}

/** What is not Redrive's: modules need not see the database's password, nor where the key to the brokers' secrets lies. */
function variablesOfOthers(): Record<string, string> {
  const others = Object.entries(process.env).flatMap(([name, value]) => (value === undefined || name === "DATABASE_URL" || name.startsWith("REDRIVE_") ? [] : [[name, value] as const]));
  return Object.fromEntries(others);
}
