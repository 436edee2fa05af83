import type { BrokerKind } from "#core/brokers/index.ts";
import type { FaultCode } from "#core/fault.ts";
import type { Sql } from "../client.ts";

/** A connection as the workers open it. */
export type StoredConnection = {
  readonly id: string;
  readonly name: string;
  readonly kind: BrokerKind;
  /** JSON text. */
  readonly settings: string;
  /** Sealed JSON text. */
  readonly secrets: string;
  readonly revision: number;
};

/** Every connection. */
export async function allConnections(sql: Sql): Promise<StoredConnection[]> {
  return sql<StoredConnection[]>`select id, name, kind, settings, secrets, revision from connections order by name`;
}

/** Tells whether a connection works; `since` moves only when that changes. True when it changed. */
export async function setConnectionState(
  sql: Sql,
  id: string,
  fault: { readonly code: FaultCode; readonly detail: string } | null,
): Promise<boolean> {
  const state = fault === null ? "up" : "down";
  const rows = await sql`
    update connections set state = ${state}, fault_code = ${fault?.code ?? null}, fault_detail = ${fault?.detail ?? null},
      state_since = case when state = ${state} then state_since else now() end
    where id = ${id} and (state <> ${state} or fault_code is distinct from ${fault?.code ?? null}
      or fault_detail is distinct from ${fault?.detail ?? null})
    returning 1`;
  return rows.length === 1;
}
