import type { PublishOutcome } from "#core/brokers/adapter.ts";
import type { BrokerKind } from "#core/brokers/index.ts";
import { pgSafe } from "#core/message/pg-text.ts";
import type { AnySql, Sql } from "../client.ts";

/** One message to publish. */
export type ClaimedPublication = {
  readonly id: string;
  readonly connectionId: string;
  readonly kind: BrokerKind;
  /** JSON text. */
  readonly target: string;
  /** JSON text: Header[]. */
  readonly headers: string;
  readonly contentType: string | null;
  readonly key: string | null;
  readonly body: Buffer;
};

/** Connections for which something waits. */
export async function connectionsToPublish(sql: AnySql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select distinct connection_id as id from publications where state = 'waiting' and connection_id is not null`;
  return rows.map(({ id }) => id);
}

/**
 * Takes the oldest that wait for these connections, up to `limit` and about `maxBytes`, and commits that they are being published
 * before anything is sent: a worker that dies then leaves a doubt behind and nothing that is sent again.
 */
export async function claimPublications(
  sql: Sql,
  { connectionIds, worker, limit, maxBytes, leaseMs }: { readonly connectionIds: readonly string[]; readonly worker: string; readonly limit: number; readonly maxBytes: number; readonly leaseMs: number },
): Promise<ClaimedPublication[]> {
  return sql<ClaimedPublication[]>`
    with free as (
      select id, size, created_at from publications where state = 'waiting' and connection_id = any(${connectionIds}::uuid[])
      order by created_at limit ${limit} for update skip locked),
    fitting as (
      select id from (select id, sum(size) over (order by created_at, id) - size as before from free) counted where before < ${maxBytes})
    update publications set state = 'publishing', worker = ${worker}, lease_until = now() + make_interval(secs => ${leaseMs / 1_000})
    from fitting, connections
    where publications.id = fitting.id and connections.id = publications.connection_id
    returning publications.id, connection_id as "connectionId", kind, target, headers, content_type as "contentType", key, body`;
}

export type PublicationVerdict = { readonly id: string; readonly outcome: PublishOutcome };

/** Writes outcomes down, of what this worker was publishing; one that came late ends its doubt. */
export async function settlePublications(sql: AnySql, worker: string, verdicts: readonly PublicationVerdict[]): Promise<void> {
  const rows = verdicts.map(({ id, outcome }) => ({
    id,
    state: outcome.status === "unknown" ? "in_doubt" : outcome.status,
    receipt: outcome.status === "confirmed" && outcome.receipt !== null ? pgSafe(outcome.receipt, 500) : null,
    faultCode: outcome.status === "confirmed" ? null : outcome.fault.code,
    faultDetail: outcome.status === "confirmed" ? null : pgSafe(outcome.fault.detail, 500),
  }));
  const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name]);
  await sql`
    update publications set state = said.state, receipt = said.receipt, fault_code = said.fault_code, fault_detail = said.fault_detail,
      lease_until = null, finished_at = now(), body = case when said.state = 'confirmed' then ''::bytea else body end
    from unnest(${column("id")}::uuid[], ${column("state")}::text[], ${column("receipt")}::text[], ${column("faultCode")}::text[], ${column("faultDetail")}::text[])
      as said (id, state, receipt, fault_code, fault_detail)
    where publications.id = said.id and worker = ${worker} and publications.state in ('publishing', 'in_doubt')`;
}

/** What a vanished worker was publishing is in doubt; what waits for a connection that is gone is refused. Answers how many. */
export async function endPublications(sql: AnySql): Promise<{ readonly doubted: number; readonly refused: number }> {
  const doubted = await sql`
    update publications set state = 'in_doubt', lease_until = null, finished_at = now(), fault_code = 'timeout',
      fault_detail = 'the worker that published it ended before the outcome was written down'
    where state = 'publishing' and lease_until < now() returning id`;
  const refused = await sql`
    update publications set state = 'refused', finished_at = now(), fault_code = 'not_found', fault_detail = 'the connection was removed'
    where state = 'waiting' and connection_id is null returning id`;
  return { doubted: doubted.length, refused: refused.length };
}

/** Forgets what ended so long ago that no repeat is answered any more. */
export async function forgetPublications(sql: AnySql, days: number): Promise<void> {
  await sql`delete from publications where finished_at < now() - ${days} * interval '1 day'`;
}
