import type { FaultCode } from "#core/fault.ts";
import type { Sql } from "../client.ts";
import { notify } from "../listen.ts";

/** A source as the workers capture from it. */
export type CapturedSource = {
  readonly id: string;
  readonly name: string;
  readonly connectionId: string;
  /** JSON text of the adapter's source. */
  readonly source: string;
  readonly cursor: string | null;
};

/** The sources that are to be captured. */
export async function capturingSources(sql: Sql): Promise<CapturedSource[]> {
  return sql<CapturedSource[]>`
    select id, name, connection_id as "connectionId", source, cursor from sources where capturing order by id`;
}

/** One of them as it stands now, or null when it is no longer to be captured. */
export async function capturingSource(sql: Sql, id: string): Promise<CapturedSource | null> {
  const [row] = await sql<CapturedSource[]>`
    select id, name, connection_id as "connectionId", source, cursor from sources where id = ${id} and capturing`;
  return row ?? null;
}

/** Says on the source what keeps it from being captured; null clears it. */
export async function setSourceFault(sql: Sql, id: string, fault: { code: FaultCode; detail: string } | null): Promise<void> {
  const rows = await sql`
    update sources set fault_code = ${fault?.code ?? null}, fault_detail = ${fault?.detail ?? null},
      fault_at = case when ${fault === null} then null else coalesce(fault_at, now()) end
    where id = ${id} and (fault_code, fault_detail) is distinct from (${fault?.code ?? null}, ${fault?.detail ?? null})
    returning 1`;
  if (rows.length > 0) await notify(sql, ["sources"]);
}
