import { asFaultBy } from "#core/brokers/socket-fault.ts";
import type { Sql } from "#db/client.ts";
import { claimGuardKeys, completeGuardKeys, releaseGuardKeys } from "#db/queries/guard-keys.ts";
import type { Guard } from "./guard.ts";

/** A guard in Redrive's own Postgres. */
export const postgresGuard = (sql: Sql, routeId: string): Guard => ({
  inTransaction: true,
  claim: async (entries, leaseMs) => {
    if (entries.length === 0) return [];
    try {
      return await claimGuardKeys(sql, routeId, entries, leaseMs);
    } catch (error) {
      throw asFaultBy(error, () => "unreachable");
    }
  },
  complete: async (tx, entries, ttlSeconds) => {
    if (entries.length > 0) await completeGuardKeys(tx, routeId, entries, ttlSeconds);
  },
  release: async (tx, entries) => {
    if (entries.length > 0) await releaseGuardKeys(tx, routeId, entries);
  },
  close: async () => undefined,
});
