import type { Sql } from "#db/client.ts";
import type { Log } from "../log.ts";
import type { LeaseKeeper } from "../runtime/lease-keeper.ts";
import type { Sessions } from "../sessions.ts";

/** What every duty is built from. */
export type Parts = {
  readonly sql: Sql;
  readonly log: Log;
  readonly leases: LeaseKeeper;
  readonly sessions: Sessions;
  readonly workerId: string;
};
