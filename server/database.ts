import { connect, type Database } from "#db/client.ts";
import { serverEnv } from "./env.ts";

// Route bundles get their own module instances: the pool lives on globalThis so that the process has one.
const holder = globalThis as typeof globalThis & { redriveDatabase?: Database };

/** The web process's pools, opened at the first query. */
export function database(): Database {
  holder.redriveDatabase ??= connect(serverEnv().DATABASE_URL, { max: 8, name: "redrive web" });
  return holder.redriveDatabase;
}
