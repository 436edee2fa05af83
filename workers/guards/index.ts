import type { Guard as GuardDefinition } from "#core/route/definition.ts";
import type { Sql } from "#db/client.ts";
import type { Sessions } from "../sessions.ts";
import type { Guard } from "./guard.ts";
import { postgresGuard } from "./postgres-guard.ts";
import { redisGuard } from "./redis-guard.ts";

/** Opens the store of a route's guard. Connects when it is asked first; the caller closes it. */
export const openGuard = ({ store }: Pick<GuardDefinition, "store">, routeId: string, { sql, sessions }: { readonly sql: Sql; readonly sessions: Pick<Sessions, "guardStore"> }): Guard =>
  store.kind === "postgres" ? postgresGuard(sql, routeId) : redisGuard(() => sessions.guardStore(store.connectionId, routeId));
